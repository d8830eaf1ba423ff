import type { Activation } from '../activations/activation.js';
import { crossDerivatives } from '../activations/operators/cross.js';
import { requireDense } from '../architecture/architecture.js';
import { denseLayer } from '../architecture/denseLayer.js';
import { checkKernels } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { diagonal, type Matrix, zeros } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';

/** ⟨φ'φ'ᵀ⟩ over h ~ N(0, c), P×P. @throws InputError where it is not finite, as for steps */
export function slopeKernel(activation: Activation, c: Matrix, compute: Compute): Matrix {
  if (activation.discontinuous)
    throw new InputError(
      `network.activation: ${activation.name} jumps, so that no gradient reaches layers below it`,
    );
  const own = diagonal(c);
  return crossDerivatives(activation, own, { cross: c, own }, compute).slope;
}

/** a ∘ b of symmetric matrices */
export function hadamard(a: Matrix, b: Matrix): Matrix {
  return { ...a, data: a.data.map((value, i) => value * b.data[i]) };
}

/**
 * The tangent kernel layer by layer, T⁽ˡ⁾ = ∇_{θ_l} f ∇_{θ_l} fᵀ for l = 0 (weights of the input) … L
 * (readout), parameters with unit prior variance:
 *
 *     T⁽ˡ⁾ = C⁽ˡ⁾ ∘ 𝓓⁽ˡ⁾,    𝓓⁽ᴸ⁾ = 11ᵀ,    𝓓⁽ˡ⁾ = 𝓓⁽ˡ⁺¹⁾ ∘ g_{l+1} ⟨φ'φ'ᵀ⟩_{C⁽ˡ⁾}
 *
 * exact at infinite width, where Σ_l T⁽ˡ⁾ is the neural tangent kernel (Jacot, Gabriel and Hongler 2018);
 * with kernels of a theory, those of Gaussian neurons with these kernels. Their alignment with the targets by
 * layer is the layer alignment of Lou, Mingard and Hayou (2022); theory §8.
 * @param network dense layers
 * @param kernels C⁽⁰⁾ … C⁽ᴸ⁾, P×P each
 * @param compute what to compute on
 * @throws InputError for networks that it does not treat, kernels that are none, and activations that jump
 */
export function tangentKernels(network: Network, kernels: readonly Matrix[], compute: Compute): Matrix[] {
  requireDense(network, 'tangentKernels', ['activations']);
  checkCompute(compute);
  checkKernels('kernels', kernels, network.hiddenLayers + 1);
  const tangents: Matrix[] = [];
  const p = kernels[0].rows;
  let above = zeros(p);
  above.data.fill(1);
  for (let l = network.hiddenLayers; l >= 0; l--) {
    if (l < network.hiddenLayers) {
      const { activation, gain: g } = denseLayer(network, l + 1);
      const slopes = slopeKernel(activation, kernels[l], compute);
      above = { ...above, data: above.data.map((value, i) => g * value * slopes.data[i]) };
    }
    tangents[l] = hadamard(kernels[l], above);
  }
  return tangents;
}
