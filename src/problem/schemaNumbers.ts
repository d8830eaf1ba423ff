import * as z from 'zod';

// Compiled checks need eval, which the explorer's page forbids; problem files are small.
z.config({ jitless: true });

/** Numbers beyond these have squares, or inverses, that overflow somewhere. */
export const LARGEST = 1e50;
export const count = z.int().min(1);
export const positive = z.number().positive().max(LARGEST);
export const nonNegative = z.number().min(0).max(LARGEST);
