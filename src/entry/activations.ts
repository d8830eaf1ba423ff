// finite-width/activations: functions of one's own, and Gaussian expectations of all.
export type { Activation } from '../activations/activation.js';
export { byQuadrature } from '../activations/byQuadrature.js';
export { type CrossCovariance, crossKernel } from '../activations/crossGaussian.js';
export { type ActivationDefinition, defineActivation } from '../activations/defineActivation.js';
export { kernelOf, pullback, pushforward } from '../activations/gaussian.js';
export type { Nonlinearity } from '../activations/nonlinearity.js';
export { activationByName, activationNames } from '../activations/registry.js';
