import { exponentialLinear } from './exponentialLinear.js';

/** The constants for which N(0, 1) is a fixed point (Klambauer et al. 2017): ⟨φ⟩ = 0 and ⟨φ²⟩ = 1. */
const ALPHA = 1.6732632423543772;
const SCALE = 1.0507009873554805;

export const selu = exponentialLinear('selu', 'h > 0 ? 1.0507 h : 1.7581 (exp(h) − 1)', ALPHA, SCALE);
