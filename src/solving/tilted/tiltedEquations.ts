import { hasPositions, layerOf } from '../../architecture/architecture.js';
import { addRows, type Layer, lift, liftRows, lowered, type PointRows } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { affine, scale } from '../../numerics/entrywise.js';
import { addScaled, copy, type Matrix } from '../../numerics/matrix.js';
import { solvedWidth } from '../../posterior/fields.js';
import type { Extend } from '../../posterior/rowPath.js';
import type { Network, Problem } from '../../problem/problem.js';
import { legendreCost } from '../evidence.js';
import type { LayerEquations, Solution } from '../forwardBackward.js';
import type { Conjugates } from '../kernelSystem.js';
import { linearTilt } from './tilt.js';
import { conjugateOf } from './tiltedConjugate.js';
import type { TiltedMeasure } from './tiltedMeasure.js';
import { newNeurons, secondMomentRows } from './tiltedRows.js';
import { TiltedSamples } from './tiltedSamples.js';

/** (a − β)/g, as a new matrix */
export const withoutAffine = (a: Matrix, g: number, beta: number): Matrix =>
  affine(copy(a), 1 / g, -beta / g);

/** ⟨φφᵀ⟩ of a layer from the kernel above it, where that has all of it. */
export const momentsBelow = ({ map, beta }: Layer, kernel: Matrix): Matrix | undefined =>
  map.gain === undefined ? undefined : withoutAffine(kernel, map.gain, beta);

/** Samples of the tilted measures of a problem's layers. */
export const samplesOf = (
  { network }: Problem,
  compute: Compute,
  size: number,
  seed: number,
  carried = false,
): TiltedSamples =>
  new TiltedSamples(
    (l) => layerOf(network, l).activation,
    compute,
    size,
    seed,
    carried,
    hasPositions(network) ? (l) => layerOf(network, l).map.positions : undefined,
  );

/**
 * C⁽ˡ⁾ = g⟨φφᵀ⟩ + β and C̃⁽ˡ⁾ = (N/2) sym(⟨∇F hᵀ⟩C⁻¹), averages in the measure tilted by F = (g/N) φᵀC̃φ
 * (theory §4).
 */
export function tiltedEquations({ network }: Problem, samples: TiltedSamples): LayerEquations {
  return {
    samples,
    forward(l, width, below, conjugate) {
      const measure = tiltedLayer(network, l, width, below, conjugate, samples);
      return lift(layerOf(network, l), measure.secondMoment());
    },
    backward: (l, width, kernel, above) =>
      conjugateOf(tiltedLayer(network, l + 1, width, kernel, above, samples), width),
  };
}

/** The measure of layer l of this width, tilted by F = (1/N) ⟨C̃, 𝒯[φφᵀ]⟩. */
function tiltedLayer(
  network: Network,
  l: number,
  width: number,
  below: Matrix,
  conjugate: Matrix,
  samples: TiltedSamples,
): TiltedMeasure {
  const { form, factor } = lowered(layerOf(network, l), conjugate);
  return samples.measure(l, below, factor / width, linearTilt(form));
}

/**
 * Images of C⁽¹⁾ … C⁽ᵗᵒᵖ⁾ and C̃⁽¹⁾ … C̃⁽ᵗᵒᵖ⁾ from one measure a layer, downwards: each layer's image comes
 * from the kernel below as it is, not from its image, which takes a second measure.
 *
 * @param conjugate C̃⁽ᵗᵒᵖ⁾
 * @param held C̃ of layers below L that tilt these in place of what the samples find
 */
export function tiltedDownwards(
  { network }: Problem,
  samples: TiltedSamples,
  kernels: readonly Matrix[],
  top: number,
  conjugate: Matrix,
  scale: number,
  held: Conjugates = [],
) {
  const images = [...kernels];
  const conjugates: (Matrix | undefined)[] = Array.from({ length: network.hiddenLayers + 1 });
  let above = conjugate;
  for (let l = top; l >= 1; l--) {
    const width = scale * network.widths[l - 1];
    const measure = tiltedLayer(network, l, width, kernels[l - 1], held[l] ?? above, samples);
    conjugates[l] = above;
    images[l] = lift(layerOf(network, l), measure.secondMoment());
    if (l > 1) above = conjugateOf(measure, width);
  }
  return { images, conjugates };
}

/** Σ_{l ≤ top} [tr C̃⁽ˡ⁾C⁽ˡ⁾ − W_l]: what the kernels of the first `top` layers cost in the prior. */
export function hiddenCost(
  { network }: Problem,
  kernels: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  top: number,
  scale: number,
  samples: TiltedSamples,
): number {
  let cost = 0;
  for (let l = 1; l <= top; l++) {
    const width = scale * network.widths[l - 1];
    const conjugate = conjugates[l] as Matrix;
    const measure = tiltedLayer(network, l, width, kernels[l - 1], conjugate, samples);
    cost += legendreCost(conjugate, kernels[l], layerOf(network, l).beta, width, measure.logNormaliser());
  }
  return cost;
}

/** Sets of samples that the rows of new points are averaged over at most. */
const ROW_SETS = 8;
/** Samples beyond which no further set is taken: few points have many in one set. */
const ROW_SAMPLES = 131072;

const rowSets = ({ size }: TiltedSamples): number =>
  Math.max(2, Math.min(ROW_SETS, Math.round(ROW_SAMPLES / size)));

/** Several rows of new points as means over sets of samples, the same in every call. */
export function meanRows(samples: TiltedSamples, rows: () => readonly PointRows[]): PointRows[] {
  const sets = rowSets(samples);
  const [first, ...others] = samples.overAgain(sets, rows);
  return first.map((start, k) => {
    const { cross, own, blocks } = others.reduce((total, other) => addRows(total, other[k]), start);
    const mean = { cross: scale(cross, 1 / sets), own: own.map((value) => value / sets) };
    return blocks ? { ...mean, blocks: scale(blocks, 1 / sets) } : mean;
  });
}

/** ⟨φφᵀ⟩ as a mean over several sets of samples, the same in every call. */
export function meanMoment(samples: TiltedSamples, moment: () => Matrix): Matrix {
  const sets = rowSets(samples);
  const [first, ...others] = samples.overAgain(sets, moment);
  for (const other of others) addScaled(first, 1, other);
  return scale(first, 1 / sets);
}

/** New points in layer l, moved by the training points alone (theory §6). */
export function extendTilted(
  network: Network,
  { kernels, conjugates, convergence }: Solution,
  samples: TiltedSamples,
): Extend {
  return (l, below) => {
    const layer = layerOf(network, l);
    const measure = () =>
      tiltedLayer(
        network,
        l,
        solvedWidth(network, convergence, l),
        kernels[l - 1],
        conjugates[l] as Matrix,
        samples,
      );
    const known = momentsBelow(layer, kernels[l]) ?? meanMoment(samples, () => measure().secondMoment());
    const [rows] = meanRows(samples, () => {
      const here = measure();
      return [secondMomentRows(here, newNeurons(here, below), undefined, known)];
    });
    return liftRows(layer, rows);
  };
}
