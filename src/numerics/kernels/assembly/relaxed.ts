// Entry of a second, small module for engines with relaxed SIMD, in the memory of the first: the loops in
// which products and sums alternate. No static data, which would lie over that of the first module.
export { multiplyPacked } from './product';
export { seriesRow } from './series';
