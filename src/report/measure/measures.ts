import { centredAlignment, kernelAlignment } from '../../measures/alignment.js';
import { effectiveRank } from '../../measures/spectrum.js';
import { type TargetSpectrum, targetSpectrum } from '../../measures/targetSpectrum.js';
import type { Compute } from '../../numerics/compute.js';
import { frobenius, inner, type Matrix, relativeDistance } from '../../numerics/matrix.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { tangentKernels } from '../../prior/tangentKernels.js';
import { activationOf, type Problem } from '../../problem/problem.js';
import { tangentsOfNetworks } from '../../sampling/networkTangents.js';
import { StoredNetworks } from '../../sampling/storedNetworks.js';

/** What is said of one layer of a theory, of networks, or of somebody's network. */
export interface LayerMeasures {
  readonly layer: number;
  /** CKA with the targets; NaN if they are equal */
  readonly cka: number;
  readonly ckaError: number;
  /** ‖C − K‖/‖K‖ from infinite width */
  readonly shift: number;
  readonly effectiveRank: number;
  readonly spectrum: TargetSpectrum;
  /**
   * CKA of the tangent kernel of the layer's weights with the targets, and its standard error; for theories
   * and their networks
   */
  readonly tangent?: { readonly cka: number; readonly error: number };
}

/** One kernel beside another. */
export interface Beside {
  readonly theory: string;
  readonly layer: number;
  /** CKA of the two kernels */
  readonly cka: number;
  /** ‖Ĉ − C‖/‖C‖ */
  readonly shift: number;
  /** the least of ‖sĈ − C‖/‖C‖ over s: of the shape alone */
  readonly shape: number;
}

/** One theory or network with its measures, layer by layer. */
export interface Measured {
  readonly name: string;
  readonly layers: readonly LayerMeasures[];
}

function layerMeasures(
  layer: number,
  kernel: Matrix,
  nngp: Matrix,
  y: Matrix,
  ckaError: number,
  compute: Compute,
): LayerMeasures {
  const spectrum = targetSpectrum(compute.algebra, kernel, y);
  return {
    layer,
    cka: centredAlignment(kernel, y),
    ckaError,
    shift: relativeDistance(kernel, nngp),
    effectiveRank: effectiveRank(spectrum.eigenvalues),
    spectrum,
  };
}

/**
 * Alignments of the mean tangent kernels of all layers with the targets, with errors by the jackknife over
 * groups of networks.
 */
function jackknife(groups: readonly (readonly Matrix[])[], y: Matrix): { cka: number; error: number }[] {
  const n = groups.length;
  const meanOf = (chosen: readonly (readonly Matrix[])[], l: number): Matrix => ({
    ...chosen[0][l],
    data: chosen[0][l].data.map((_, i) =>
      chosen.reduce((sum, group) => sum + group[l].data[i] / chosen.length, 0),
    ),
  });
  return groups[0].map((_, l) => {
    const cka = centredAlignment(meanOf(groups, l), y);
    if (n < 2) return { cka, error: 0 };
    const without = groups.map((_group, k) => centredAlignment(meanOf(groups.toSpliced(k, 1), l), y));
    const centre = without.reduce((sum, value) => sum + value / n, 0);
    return {
      cka,
      error: Math.sqrt(((n - 1) / n) * without.reduce((sum, value) => sum + (value - centre) ** 2, 0)),
    };
  });
}

/**
 * The layer alignment of a posterior: of its networks where it has some, else of Gaussian neurons with its
 * kernels; none where φ jumps.
 */
function tangentAlignment({ problem, kernels, networks }: KernelPosterior, compute: Compute) {
  const { network, data } = problem;
  const jumps = network.widths.some((_, l) => activationOf(network, l + 1).discontinuous);
  if (jumps) return undefined;
  if (!networks) return jackknife([tangentKernels(network, kernels, compute)], data.y);
  const stored = new StoredNetworks(networks(), network, compute);
  return jackknife(tangentsOfNetworks(stored, problem, kernels[0], compute), data.y);
}

export function measuresOf(posterior: KernelPosterior, compute: Compute): Measured {
  const { kernels, nngp, problem, uncertainty, theory } = posterior;
  const tangents = tangentAlignment(posterior, compute);
  const layers = kernels.map((kernel, l) => ({
    ...layerMeasures(l, kernel, nngp[l], problem.data.y, uncertainty?.cka[l] ?? 0, compute),
    ...(tangents ? { tangent: tangents[l] } : {}),
  }));
  return { name: theory, layers };
}

/** The same of kernels of hidden layers that somebody brings. */
export function measuresOfKernels(
  name: string,
  kernels: ReadonlyMap<number, Matrix>,
  nngp: readonly Matrix[],
  { data }: Problem,
  compute: Compute,
): Measured {
  return {
    name,
    layers: [...kernels].map(([l, kernel]) => layerMeasures(l, kernel, nngp[l], data.y, 0, compute)),
  };
}

/** Kernels beside those of a theory, layer by layer. */
export function besideTheory(
  kernels: ReadonlyMap<number, Matrix>,
  theory: string,
  others: readonly Matrix[],
): Beside[] {
  return [...kernels].map(([layer, kernel]) => {
    const other = others[layer];
    const cosine = inner(kernel, other) / (frobenius(kernel) * frobenius(other));
    return {
      theory,
      layer,
      cka: kernelAlignment(kernel, other),
      shift: relativeDistance(kernel, other),
      shape: Math.sqrt(Math.max(0, 1 - cosine ** 2)),
    };
  });
}
