import { architectureOf } from '../architecture/architecture.js';
import { gather, scatter } from '../architecture/gather.js';
import { inner, type Matrix, relativeDistance, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { connectionsOf, type Own, withoutWeights } from '../problem/connection.js';
import { gain, type Network } from '../problem/problem.js';

/** Points and neurons that weights are tried on. */
const POINTS = 3;
const WIDTH = 4;
const ROUNDING = 1e-9;

/**
 * Why networks with layers of one's own cannot be drawn, in one line: a layer has no weights, or its weights
 * make other kernels than its moments, 𝒯[φφᵀ/N] ≠ (g/F) fed fedᵀ, or `scatter` is no adjoint of `gather`;
 * undefined where they can.
 */
export function undrawable(network: Network): string | undefined {
  for (const [l, connection] of connectionsOf(network).entries()) {
    const reason = connection.kind === 'own' ? faultOf(network, l, connection) : undefined;
    if (reason) return reason;
  }
  return undefined;
}

function faultOf(network: Network, l: number, connection: Own): string | undefined {
  const { name, weights } = connection.own;
  if (!weights) return withoutWeights(name);
  const phi = normals(POINTS * connection.positions, WIDTH);
  const fed = gather(connection, phi);
  const { map } = architectureOf(network).layers[l - 1];
  const lifted = map.lift(gram(phi, 1 / WIDTH));
  if (!(relativeDistance(gram(fed, gain(network, l) / fed.columns), lifted) < ROUNDING))
    return `${name}: its "weights" make other kernels than its "moments"`;
  const asked = normals(fed.rows, fed.columns);
  const below = zeros(phi.rows, phi.columns);
  scatter(connection, asked, below);
  const [above, back] = [inner(asked, fed), inner(below, phi)];
  if (Math.abs(above - back) < ROUNDING * (Math.abs(above) + Math.abs(back) + 1)) return undefined;
  return `${name}: scatter of its "weights" is not the adjoint of gather`;
}

function normals(rows: number, columns: number): Matrix {
  const matrix = zeros(rows, columns);
  RandomStream.fromSeed(rows).normals(matrix.data);
  return matrix;
}

/** factor · aaᵀ */
function gram({ rows, columns, data }: Matrix, factor: number): Matrix {
  const out = zeros(rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < rows; k++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += data[i * columns + j] * data[k * columns + j];
      out.data[i * rows + k] = factor * sum;
    }
  }
  return out;
}
