import { addScaled, type Matrix } from '../../numerics/matrix.js';

/**
 * What a flow follows: for rows ε, how much ln of the density exceeds that of N(0, 1), into `log`, and its
 * gradient into `gradient`.
 */
export type Field = (epsilon: Matrix, log: Float64Array, gradient: Matrix) => void;

/**
 * Kicks of a flow, between which coordinates and momenta turn: once around in all, so that without a tilt all
 * ends are starts.
 */
const KICKS = 20;
const ANGLE = (2 * Math.PI) / KICKS;

/**
 * Carries draws of N(0, 1) towards a density ∝ N(ε|0, 1) e^{ΔF(ε)}, which is switched on while they move:
 * Hamilton's equations of ½ε² + ½p² − λΔF, λ from 0 to 1, by kicks p += θλ∇ΔF between exact rotations of (ε,
 * p). Every step keeps volumes, so that the work done weighs the ends rightly, however fast they were moved
 * (Jarzynski 1997; Neal 2005): ⟨X⟩ = Σ w X(ε_end)/Σ w, ln w = ½(ε² + p²)_start − ½(ε² + p²)_end + ΔF(ε_end).
 * Nothing is rejected: the ends are smooth functions of whatever ΔF depends on.
 *
 * @param epsilon draws of N(0, 1), row by row; the ends are left here
 * @param momentum other draws; used up
 * @param log room for one number a row
 * @param gradient room for a matrix like these
 * @returns ln w without ΔF(ε_end)
 */
export function carry(
  epsilon: Matrix,
  momentum: Matrix,
  field: Field,
  log: Float64Array,
  gradient: Matrix,
): Float64Array {
  const work = squares(epsilon, momentum);
  rotate(epsilon, momentum, 0.5 * ANGLE);
  for (let k = 1; k <= KICKS; k++) {
    field(epsilon, log, gradient);
    const strength = (ANGLE * (k - 0.5)) / KICKS;
    addScaled(momentum, strength, gradient);
    rotate(epsilon, momentum, k < KICKS ? ANGLE : 0.5 * ANGLE);
  }
  const end = squares(epsilon, momentum);
  for (let s = 0; s < work.length; s++) work[s] = 0.5 * (work[s] - end[s]);
  return work;
}

/** |ε|² + |p|² of every row */
function squares({ rows, columns, data: x }: Matrix, { data: p }: Matrix): Float64Array {
  const sums = new Float64Array(rows);
  for (let s = 0, i = 0; s < rows; s++) {
    let sum = 0;
    for (let j = 0; j < columns; j++, i++) sum += x[i] * x[i] + p[i] * p[i];
    sums[s] = sum;
  }
  return sums;
}

function rotate({ data: x }: Matrix, { data: p }: Matrix, angle: number): void {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  for (let i = 0; i < x.length; i++) {
    const [a, b] = [x[i], p[i]];
    x[i] = cos * a + sin * b;
    p[i] = cos * b - sin * a;
  }
}
