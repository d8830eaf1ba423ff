// finite-width/architecture: networks as values that compose, and what a kind of layer of one's own is made
// of.
export {
  type Architecture,
  architectureOf,
  type Ingredient,
  kernelShapes,
  kernelSizes,
  mostPositions,
  untreated,
} from '../architecture/architecture.js';
export { changeAbove, conjugateBelow, kernelAbove, rowsAbove } from '../architecture/kernels.js';
export {
  type InputMap,
  type Layer,
  lift,
  liftRows,
  lower,
  type MomentMap,
  type PointRows,
} from '../architecture/layer.js';
export { smallestArchitecture } from '../architecture/samePositions.js';
export type { OwnKind, OwnWeights, Structure } from '../problem/structure.js';
