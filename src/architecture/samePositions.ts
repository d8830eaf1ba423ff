import { type Matrix, transpose, zeros } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';
import { type Architecture, architectureOf } from './architecture.js';
import type { InputMap, Layer, MomentMap, PointRows } from './layer.js';

// Pairs of points at the same position. Where 𝒯[S]_{αμ,βμ} = Σ_ν W_μν S_{αν,βν} in every layer, as for
// convolutions below a readout that flattens, the output kernel at infinite width follows from S·P² entries
// alone (theory §1): S blocks of P×P, one below the other, instead of (P·S)².

const known = new WeakMap<Network, Architecture>();

/**
 * The architecture over pairs at the same position alone, where its layers mix no positions of different
 * points; that over all pairs otherwise, and where no point has several positions (theory §1).
 * @param network whose layers they are
 * @throws InputError as `architectureOf`
 */
export function smallestArchitecture(network: Network): Architecture {
  const found = known.get(network);
  if (found) return found;
  const all = architectureOf(network);
  const smallest = ofSamePositions(all) ?? all;
  known.set(network, smallest);
  return smallest;
}

function ofSamePositions({ input, layers }: Architecture): Architecture | undefined {
  if (input.positions === 1) return undefined;
  const maps = layers.map(({ map }) => (map.gain === undefined ? positionwise(map) : map));
  if (!input.samePositions || maps.some((map) => map === undefined)) return undefined;
  return {
    input: { ...input, ...input.samePositions } satisfies InputMap,
    layers: layers.map((layer, k): Layer => ({ ...layer, map: maps[k] as MomentMap })),
    samePositions: true,
  };
}

/** 𝒯 and its adjoint on blocks; undefined where it mixes positions. */
function positionwise({ positions, positionsAbove, positionWeights }: MomentMap): MomentMap | undefined {
  const weights = positionWeights?.();
  if (!weights) return undefined;
  const up = (a: Matrix, into?: Matrix) => mixed(a, weights, into);
  return {
    positions,
    positionsAbove,
    lift: up,
    lower: (conjugate) => mixed(conjugate, transpose(weights)),
    liftRows: ({ cross, own }: PointRows) => ({
      cross: up(cross),
      own: up({ rows: own.length, columns: 1, data: own }).data,
    }),
  };
}

/** Σ_ν W_μν a_ν of the blocks of a. */
function mixed(a: Matrix, weights: Matrix, into?: Matrix): Matrix {
  const size = a.data.length / weights.columns;
  const out = into ?? zeros((a.rows / weights.columns) * weights.rows, a.columns);
  if (into) out.data.fill(0);
  for (let mu = 0; mu < weights.rows; mu++) {
    const target = out.data.subarray(mu * size, (mu + 1) * size);
    for (let nu = 0; nu < weights.columns; nu++) {
      const weight = weights.data[mu * weights.columns + nu];
      if (weight === 0) continue;
      const source = a.data.subarray(nu * size, (nu + 1) * size);
      for (let i = 0; i < size; i++) target[i] += weight * source[i];
    }
  }
  return out;
}
