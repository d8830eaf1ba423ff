// finite-width/activations: functions of one's own, and Gaussian expectations of all.
export type { Activation } from '../activations/activation.js';
export { type ActivationDefinition, defineActivation } from '../activations/defineActivation.js';
export type { Nonlinearity } from '../activations/nonlinearity.js';
export { type CrossCovariance, crossKernel } from '../activations/operators/cross.js';
export { kernelOf } from '../activations/operators/kernel.js';
export { pullback, pushforward } from '../activations/operators/response.js';
export { byQuadrature } from '../activations/quadrature/byQuadrature.js';
export { activationByName, activationNames } from '../activations/registry.js';
