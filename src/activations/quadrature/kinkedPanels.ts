import { normalDensity } from '../../numerics/normal.js';
import { compositeRule, gaussLegendre } from '../../numerics/quadrature.js';
import { evaluate, type Nonlinearity } from '../nonlinearity.js';

/** A panel in z that kinks of φ(σz) cut, seen through the nodes of the panel. */
export interface KinkedPanel {
  /**
   * φ and φ' at the nodes of polynomials with the same integrals against every polynomial that the nodes
   * interpolate
   */
  readonly value: Float64Array;
  readonly derivative: Float64Array;
  /** ∫φ², ∫φ'² and ∫zφφ' over the panel, with the density of N(0, 1) */
  readonly moments: readonly number[];
}

/**
 * Integrals ∫φ(σz) g(z) dz over [from, to] for all smooth g at once: with g interpolated at the
 * Gauss–Legendre nodes z_m of the panel, they are Σ_m w_m v_m g(z_m) where w_m v_m = ∫φ(σz) ℓ_m(z) dz, ℓ_m
 * the polynomials of Lagrange, by quadrature on either side of each kink (product integration). So functions
 * whose kinks lie elsewhere share nodes, and what is known of g there.
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
  evaluate(phi, h, f, df);
  const panel = compositeRule([from, to], order);
  const lagrange = new Float64Array(order);
  const [value, derivative] = [new Float64Array(order), new Float64Array(order)];
  const moments = [0, 0, 0];
  for (let k = 0; k < h.length; k++) {
    const z = fine.nodes[k];
    const weight = fine.weights[k];
    const dense = weight * normalDensity(z);
    moments[0] += dense * f[k] * f[k];
    moments[1] += dense * df[k] * df[k];
    moments[2] += dense * z * f[k] * df[k];
    lagrangeAt(panel.nodes, z, lagrange);
    const [ofValue, ofDerivative] = [weight * f[k], weight * df[k]];
    for (let m = 0; m < order; m++) {
      value[m] += ofValue * lagrange[m];
      derivative[m] += ofDerivative * lagrange[m];
    }
  }
  for (let m = 0; m < order; m++) {
    value[m] /= panel.weights[m];
    derivative[m] /= panel.weights[m];
  }
  return { value, derivative, moments };
}

const barycentric = new Map<number, Float64Array>();

/** Barycentric weights of the Gauss–Legendre nodes x_m: (−1)ᵐ √((1−x_m²) w_m), Wang and Xiang (2012). */
function barycentricWeights(order: number): Float64Array {
  const known = barycentric.get(order);
  if (known) return known;
  const { nodes, weights } = gaussLegendre(order);
  const made = nodes.map((x, m) => (m % 2 === 0 ? 1 : -1) * Math.sqrt((1 - x * x) * weights[m]));
  barycentric.set(order, made);
  return made;
}

/** out[m] = ℓ_m(z), the polynomials of Lagrange for Gauss–Legendre nodes. */
function lagrangeAt(nodes: Float64Array, z: number, out: Float64Array): void {
  const weights = barycentricWeights(nodes.length);
  let sum = 0;
  for (let m = 0; m < nodes.length; m++) {
    if (z === nodes[m]) {
      out.fill(0)[m] = 1;
      return;
    }
    out[m] = weights[m] / (z - nodes[m]);
    sum += out[m];
  }
  for (let m = 0; m < nodes.length; m++) out[m] /= sum;
}
