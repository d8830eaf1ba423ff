// The inner block of a matrix product: C (m×n) = A B with A and B packed in slivers of four rows and four
// columns, so that every load is contiguous. 4×4 doubles of C stay in eight registers over the whole inner
// dimension.
import { multiplyAdd } from './multiplyAdd';

/**
 * c[m×n], row stride n = Σ_k a b, overwriting c.
 * a: m/4 slivers of depth×4, b: n/4 slivers of depth×4; m and n multiples of four (padded with zeros).
 */
export function multiplyPacked(m: i32, n: i32, depth: i32, a: usize, b: usize, c: usize): void {
  const rowBytes = <usize>n << 3;
  const sliverBytes = <usize>depth << 5;
  for (let j = 0; j < n; j += 4) {
    const bSliver = b + <usize>(j >> 2) * sliverBytes;
    for (let i = 0; i < m; i += 4) {
      let pa = a + <usize>(i >> 2) * sliverBytes;
      let pb = bSliver;
      let c00 = f64x2.splat(0), c01 = f64x2.splat(0);
      let c10 = f64x2.splat(0), c11 = f64x2.splat(0);
      let c20 = f64x2.splat(0), c21 = f64x2.splat(0);
      let c30 = f64x2.splat(0), c31 = f64x2.splat(0);
      for (let k = 0; k < depth; k++) {
        const b0 = v128.load(pb);
        const b1 = v128.load(pb, 16);
        let x = v128.load_splat<f64>(pa);
        c00 = multiplyAdd(x, b0, c00);
        c01 = multiplyAdd(x, b1, c01);
        x = v128.load_splat<f64>(pa, 8);
        c10 = multiplyAdd(x, b0, c10);
        c11 = multiplyAdd(x, b1, c11);
        x = v128.load_splat<f64>(pa, 16);
        c20 = multiplyAdd(x, b0, c20);
        c21 = multiplyAdd(x, b1, c21);
        x = v128.load_splat<f64>(pa, 24);
        c30 = multiplyAdd(x, b0, c30);
        c31 = multiplyAdd(x, b1, c31);
        pa += 32;
        pb += 32;
      }
      let pc = c + <usize>i * rowBytes + (<usize>j << 3);
      v128.store(pc, c00);
      v128.store(pc, c01, 16);
      pc += rowBytes;
      v128.store(pc, c10);
      v128.store(pc, c11, 16);
      pc += rowBytes;
      v128.store(pc, c20);
      v128.store(pc, c21, 16);
      pc += rowBytes;
      v128.store(pc, c30);
      v128.store(pc, c31, 16);
    }
  }
}
