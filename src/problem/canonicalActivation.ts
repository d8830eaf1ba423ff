import { activationByName } from '../activations/registry.js';
import { InputError } from '../numerics/errors.js';

/** The name by which outputs and threads know an activation, however it was written. */
export function canonicalActivation(name: string, where: string, key: string): string {
  try {
    return activationByName(name).name;
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${key}: ${error.message}`) : error;
  }
}
