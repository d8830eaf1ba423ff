// finite-width/numerics: matrices, linear algebra, random streams, and steps of long computations.
export { type Compute, portableCompute } from '../numerics/compute.js';
export { InputError, MemoryError, NotPositiveDefiniteError, OutOfReachError } from '../numerics/errors.js';
export { logGamma } from '../numerics/gammaProduct.js';
export {
  choleskySolve,
  factorSemidefinite,
  type LinearAlgebra,
  logDeterminant,
} from '../numerics/linearAlgebra.js';
export {
  addScaled,
  addToDiagonal,
  block,
  copy,
  diagonal,
  frobenius,
  fromRows,
  identity,
  inner,
  type Matrix,
  relativeDistance,
  transpose,
  zeros,
} from '../numerics/matrix.js';
export { RandomStream } from '../numerics/random.js';
export { drive, type Steps } from '../numerics/steps.js';
