import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { type ProblemSpec, parseProblem } from './schema.js';

/** Problems known by name: what `finite-width solve xor` means. */
const presets: Readonly<Record<string, unknown>> = {
  xor: {
    data: { dataset: 'xor', samples: 64, testSamples: 200, dimension: 20, noise: 1, seed: 0 },
    network: { hiddenLayers: 2, width: 60, activation: 'erf', weightVariance: 1.5, biasVariance: 0.1 },
    noiseVariance: 0.1,
  },
  mnist: {
    data: { dataset: 'mnist', classes: [0, 3], samples: 100, testSamples: 200, seed: 0 },
    network: { hiddenLayers: 2, width: 100, activation: 'erf', weightVariance: 1.2 },
    noiseVariance: 0.1,
  },
};

/** Names of the problems that need no file. */
export const presetNames: readonly string[] = Object.keys(presets);

/** The problem file that the `name` of a preset stands for. @throws InputError that lists the presets */
export function preset(name: string): ProblemSpec {
  if (!Object.hasOwn(presets, name))
    throw new InputError(`unknown preset ${shownValue(name)}; there are ${presetNames.join(', ')}`);
  return parseProblem(presets[name], name);
}
