import { INFINITE, isConvolutional, type Setup, theoryOf } from '../setup';

const NAMES: Partial<Record<keyof Setup, string>> = {
  samples: 'data points',
  dimension: 'dimension',
  noise: 'noise of the data',
  seed: 'seed',
  digits: 'digits',
  file: 'file',
  target: 'target',
  layers: 'layers',
  patch: 'patches',
  width: 'width',
  activation: 'activation',
  weightVariance: 'σ_w²',
  biasVariance: 'σ_b²',
  featureScale: 'γ',
  noiseVariance: 'κ',
  theory: 'theory',
};

const shown = (key: keyof Setup, value: unknown): string =>
  value === INFINITE ? '∞' : key === 'patch' && value === 0 ? 'none' : String(value);

/** The network of a setup and its theory, in a few words. */
export function networkOf(setup: Setup): string {
  const { layers, width, activation, weightVariance, biasVariance, featureScale, noiseVariance, patch } =
    setup;
  const size = width === INFINITE ? 'infinite width' : `width ${width}`;
  const scale = featureScale === 1 ? '' : `, γ = ${featureScale}`;
  const patches = isConvolutional(setup) ? ` (patches of ${patch} × ${patch} first)` : '';
  return `${layers} ${activation} ${layers === 1 ? 'layer' : 'layers'}${patches} of ${size}, σ_w² = ${weightVariance}, σ_b² = ${biasVariance}${scale}, κ = ${noiseVariance}`;
}

/** What data of one source are made of: of data from different sources it is no difference of its own. */
const OF_SOURCE: readonly (keyof Setup)[] = ['source', 'dimension', 'noise', 'digits', 'file', 'target'];

/** What is different between two setups, as `width 100`, by the values of the first. */
export function differences(from: Setup, to: Setup): string[] {
  const moved = from.source !== to.source;
  const keys = (Object.keys(NAMES) as (keyof Setup)[]).filter(
    (key) => from[key] !== to[key] && key !== 'theory' && !(moved && OF_SOURCE.includes(key)),
  );
  const data = moved ? [`data ${from.source === 'file' ? from.file : from.source}`] : [];
  const theory = theoryOf(from) === theoryOf(to) ? [] : [`theory ${theoryOf(from)}`];
  return [...data, ...keys.map((key) => `${NAMES[key]} ${shown(key, from[key])}`), ...theory];
}
