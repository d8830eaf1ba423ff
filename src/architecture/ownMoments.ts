import { InputError } from '../numerics/errors.js';
import { diagonal, inner, type Matrix, relativeDistance, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import type { MomentMap } from '../problem/momentMap.js';
import type { OwnKind } from '../problem/structure.js';

/** Points that maps are tried on. */
const POINTS = 2;
const ROUNDING = 1e-9;

/**
 * Tries the moments of a layer of one's own on random ones: theories take for granted that `lower` is the
 * adjoint of `lift`, ⟨T, lift S⟩ = ⟨lower T, S⟩, and that rows of known points are those of the kernel.
 * @param at where it stands, as `network.layers[1].own`
 * @throws InputError that says which of them does not hold
 */
export function checkOwnMoments({ name }: OwnKind, map: MomentMap, at: string): void {
  const refuse = (what: string): never => {
    throw new InputError(`${at}: ${name}: ${what}`);
  };
  const moments = symmetric(POINTS * map.positions, 1);
  const lifted = map.lift(moments);
  const size = POINTS * map.positionsAbove;
  if (lifted.rows !== size || lifted.columns !== size)
    refuse(
      `lift of its "moments" gives ${lifted.rows}×${lifted.columns} of ${POINTS} points; must be ${size}×${size}`,
    );
  const conjugate = symmetric(size, 2);
  const [above, below] = [inner(conjugate, lifted), inner(map.lower(conjugate), moments)];
  if (!(Math.abs(above - below) <= ROUNDING * (Math.abs(above) + Math.abs(below) + 1)))
    refuse('lower of its "moments" is not the adjoint of lift');
  const { cross, own } = map.liftRows({
    cross: moments,
    own: diagonal(moments),
    blocks: blocksAmong(moments, map.positions),
  });
  if (cross.data.length !== lifted.data.length || !(relativeDistance(cross, lifted) < ROUNDING))
    refuse('liftRows of its "moments" gives other rows for known points than lift');
  const variances = diagonal(lifted);
  if (!variances.every((value, i) => Math.abs(own[i] - value) <= ROUNDING * (1 + Math.abs(value))))
    refuse('liftRows of its "moments" gives other variances for known points than lift');
}

function symmetric(size: number, seed: number): Matrix {
  const matrix = zeros(size);
  RandomStream.fromSeed(seed).normals(matrix.data);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) matrix.data[i * size + j] = matrix.data[j * size + i];
  return matrix;
}

/** Covariances of each point among its own positions, (P·positions)×positions. */
function blocksAmong({ rows, data }: Matrix, positions: number): Matrix {
  const blocks = zeros(rows, positions);
  for (let i = 0; i < rows; i++) {
    const first = i - (i % positions);
    for (let j = 0; j < positions; j++) blocks.data[i * positions + j] = data[i * rows + first + j];
  }
  return blocks;
}
