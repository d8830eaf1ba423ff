import { checkObject, refuse } from '../numerics/arguments.js';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { autoOf } from './auto/auto.js';
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

/** One of them, chosen by what is known of their errors. */
export const auto = autoOf(theories);
const named: readonly Theory[] = [auto, ...theories];
const names = named.map(({ name }) => name).join(', ');

/** @throws InputError that lists the theories */
export function theoryByName(name: string): Theory {
  const theory = named.find((candidate) => candidate.name === name);
  if (!theory) throw new InputError(`unknown theory ${shownValue(name)}; there are ${names}`);
  return theory;
}

/** A theory, or that of a name. @throws InputError for anything else */
export function theoryOf(theory: Theory | string): Theory {
  if (typeof theory === 'string') return theoryByName(theory);
  const right = `must be one of ${names}`;
  checkObject('theory', theory, right);
  if (typeof theory.iterate !== 'function' || typeof theory.matrices !== 'function') refuse('theory', theory, right);
  return theory as Theory;
}
