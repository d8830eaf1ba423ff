import { INFINITE, type Setup } from '../setup';
import { linearScale, logScale, type Scale } from '../ui/slider';

export type Numeric =
  | 'samples'
  | 'dimension'
  | 'noise'
  | 'layers'
  | 'width'
  | 'weightVariance'
  | 'biasVariance'
  | 'featureScale'
  | 'noiseVariance';

/** A number that a slider holds: its range, its name and what it means. */
interface Range {
  readonly scale: Scale;
  readonly label: string;
  readonly symbol?: string;
  readonly help: string;
}

export const RANGES: Readonly<Record<Numeric, Range>> = {
  samples: {
    scale: linearScale(8, 256, 4),
    label: 'data points',
    symbol: 'P',
    help: 'Training points. The more there are for each neuron, the more kernels adapt, and the less first order suffices.',
  },
  dimension: {
    scale: linearScale(2, 100, 1),
    label: 'dimension',
    symbol: 'D',
    help: 'Numbers that each input has.',
  },
  noise: {
    scale: linearScale(0, 3, 0.05),
    label: 'noise of the data',
    help: 'How far inputs scatter around the four corners (XOR), or targets around the teacher.',
  },
  layers: {
    scale: linearScale(1, 12, 1),
    label: 'hidden layers',
    symbol: 'L',
    help: 'Depth. Every layer has a kernel of its own.',
  },
  width: {
    scale: logScale(8, 2000, 49, true, INFINITE),
    label: 'width',
    symbol: 'N',
    help: 'Neurons of each hidden layer. Kernels move by about 1/N; at the end of the slider they do not.',
  },
  weightVariance: {
    scale: linearScale(0.1, 5, 0.05),
    label: 'weight variance',
    symbol: 'σ_w²',
    help: 'Prior variance of a weight times the number of its inputs. Large ones make chaos, small ones order.',
  },
  biasVariance: {
    scale: linearScale(0, 1, 0.01),
    label: 'bias variance',
    symbol: 'σ_b²',
    help: 'Prior variance of the biases.',
  },
  featureScale: {
    scale: logScale(1, 300, 40),
    label: 'feature scale',
    symbol: 'γ',
    help: 'Divides the variance of the readout, so that outputs are small before data and kernels must move. γ = N is mean-field scaling.',
  },
  noiseVariance: {
    scale: logScale(0.001, 2, 44),
    label: 'noise variance',
    symbol: 'κ',
    help: 'Variance of the noise that targets are thought to have; the temperature of training.',
  },
};

/** Which key of the problem an error names. */
const KEYS: readonly (readonly [RegExp, keyof Setup])[] = [
  [/network\.activation|activation|formula/, 'activation'],
  [/data\.samples/, 'samples'],
  [/data\.dimension/, 'dimension'],
  [/network\.width|\bwidth\b/, 'width'],
  [/weightVariance/, 'weightVariance'],
  [/noiseVariance/, 'noiseVariance'],
  [/^(problem: )?data|^X|^Y|\.csv|\.npz|column/, 'source'],
];

/** The control that an error belongs to. */
export const culpritOf = (error: string | undefined): keyof Setup | undefined =>
  error === undefined ? undefined : KEYS.find(([pattern]) => pattern.test(error))?.[1];

/** An error as what is not its control says it: each is explained once. */
export const awayFromControl = (error: string): string =>
  culpritOf(error) === undefined ? error : 'The setup cannot be solved; its control says why.';
