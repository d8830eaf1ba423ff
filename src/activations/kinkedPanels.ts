import { compositeRule, gaussLegendre, type Rule } from '../numerics/quadrature.js';
import type { Nonlinearity } from './hermiteExpansion.js';

/** A panel in z that kinks of φ(σz) cut, seen through the nodes of the panel. */
export interface KinkedPanel {
  /** φ and φ' at the nodes of polynomials with the same integrals against every polynomial that the nodes interpolate */
  readonly value: Float64Array;
  readonly derivative: Float64Array;
  /** ∫φ², ∫φ'² and ∫zφφ' over the panel, with the density of N(0, 1) */
  readonly moments: readonly number[];
}

/**
 * Integrals ∫φ(σz) g(z) dz over [from, to] for all smooth g at once: with g interpolated at the Gauss–Legendre nodes z_m of the panel, they are
 * Σ_m w_m v_m g(z_m) where w_m v_m = ∫φ(σz) ℓ_m(z) dz, ℓ_m the polynomials of Lagrange, by quadrature on either side of each kink
 * (product integration). So functions whose kinks lie elsewhere share nodes, and what is known of g there.
 */
export function kinkedPanel(
  phi: Nonlinearity,
  sigma: number,
  from: number,
  to: number,
  kinks: readonly number[],
  order: number,
): KinkedPanel {
  const fine = compositeRule([from, ...kinks, to], order);
  const h = fine.nodes.map((z) => sigma * z);
  const [f, df] = [new Float64Array(h.length), new Float64Array(h.length)];
  phi.value(h, f);
  phi.derivative(h, df);
  const panel = compositeRule([from, to], order);
  const lagrange = lagrangeAt(panel, fine.nodes, barycentricWeights(order));
  const project = (values: Float64Array) =>
    panel.weights.map((weight, m) => {
      let sum = 0;
      for (let k = 0; k < values.length; k++) sum += fine.weights[k] * values[k] * lagrange[k * order + m];
      return sum / weight;
    });
  const moments = [0, 0, 0];
  fine.nodes.forEach((z, k) => {
    const weight = (fine.weights[k] * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
    moments[0] += weight * f[k] * f[k];
    moments[1] += weight * df[k] * df[k];
    moments[2] += weight * z * f[k] * df[k];
  });
  return { value: project(f), derivative: project(df), moments };
}

/** Of the Gauss–Legendre nodes x_m: (−1)ᵐ √((1−x_m²) w_m), Wang and Xiang (2012). */
function barycentricWeights(order: number): Float64Array {
  const { nodes, weights } = gaussLegendre(order);
  return nodes.map((x, m) => (m % 2 === 0 ? 1 : -1) * Math.sqrt((1 - x * x) * weights[m]));
}

/** ℓ_m at every point: points × nodes. */
function lagrangeAt({ nodes }: Rule, points: Float64Array, barycentric: Float64Array): Float64Array {
  const order = nodes.length;
  const result = new Float64Array(points.length * order);
  points.forEach((z, k) => {
    const row = result.subarray(k * order, (k + 1) * order);
    const hit = nodes.indexOf(z);
    if (hit >= 0) {
      row[hit] = 1;
      return;
    }
    let sum = 0;
    for (let m = 0; m < order; m++) sum += row[m] = barycentric[m] / (z - nodes[m]);
    for (let m = 0; m < order; m++) row[m] /= sum;
  });
  return result;
}
