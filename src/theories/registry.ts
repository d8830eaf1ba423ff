import { InputError } from '../numerics/errors.js';
import { exactLinear } from './exactLinear.js';
import { linearResponse } from './linearResponse.js';
import { map } from './map.js';
import { multiscale } from './multiscale.js';
import { nngp } from './nngp.js';
import { perturbative } from './perturbative.js';
import { rescaling } from './rescaling.js';
import { sampled } from './sampled.js';
import type { Theory } from './theory.js';

/** From coarse to fine, then the truth. A new theory is one new file and one entry here. */
export const theories: readonly Theory[] = [nngp, rescaling, exactLinear, linearResponse, perturbative, map, multiscale, sampled];

/** @throws InputError that lists the theories */
export function theoryByName(name: string): Theory {
  const theory = theories.find((candidate) => candidate.name === name);
  if (!theory) throw new InputError(`unknown theory "${name}"; there are ${theories.map((known) => known.name).join(', ')}`);
  return theory;
}
