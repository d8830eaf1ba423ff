import type { LinearAlgebra } from './linearAlgebra.js';
import { zeros } from './matrix.js';
import type { Rule } from './quadrature.js';

/**
 * Gauss–Hermite rule of N(0, 1), weights adding up to one, from the eigenvectors of the recurrence He_{k+1} =
 * z He_k − k He_{k−1} (Golub and Welsch 1969).
 */
export function gaussHermite(n: number, algebra: LinearAlgebra): Rule {
  const recurrence = zeros(n);
  for (let k = 1; k < n; k++)
    recurrence.data[k * n + k - 1] = recurrence.data[(k - 1) * n + k] = Math.sqrt(k);
  const { values, vectors } = algebra.eigenSymmetric(recurrence);
  return { nodes: values, weights: values.map((_, k) => vectors.data[k * n] ** 2) };
}

/** A node of a product rule in d dimensions. */
export interface ProductNode {
  readonly z: number[];
  readonly weight: number;
}

/** The product of a rule with itself, d times; nodes whose weight is below `least` are left out. */
export function productRule({ nodes, weights }: Rule, d: number, least: number): ProductNode[] {
  let product: ProductNode[] = [{ z: [], weight: 1 }];
  for (let k = 0; k < d; k++) {
    product = product.flatMap(({ z, weight }) =>
      Array.from(nodes, (node, i) => ({ z: [...z, node], weight: weight * weights[i] })).filter(
        (made) => made.weight > least,
      ),
    );
  }
  return product;
}
