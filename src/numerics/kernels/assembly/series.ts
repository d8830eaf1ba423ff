// Power series in a correlation whose coefficients are products of coefficients of two points. Four entries
// are summed side by side: each step of one series waits for the last, those of others do not.
import { correlation2lanes } from './correlation';
import { multiplyAdd } from './multiplyAdd';

// @ts-ignore: decorator
@inline function finish(sums: v128, u: f64, rho: f64, lone: f64, parity: i32): f64 {
  const sum = f64x2.extract_lane(sums, 0) + u * f64x2.extract_lane(sums, 1);
  return parity == 2 ? sum : parity == 1 ? sum * rho + lone : sum + lone * rho;
}

/**
 * out = factor Σ_n a_n a'_n ρⁿ + shift for the entries of a row (pairs/hermite.ts). Rows of coefficients have
 * the one of the other parity, a pad, and those in order, `stride` doubles in all; rows of tails have
 * `tailCount` doubles, one for every eighth order. Parity 2: all orders, a series in ρ; 0 and 1: every second,
 * a series in ρ². Groups of four in which the tails do not fall to `tolerance`, or that hold ρ = 1, become
 * NaN; returns how many.
 */
export function seriesRow(
  c: usize, out: usize, count: i32, sigma: usize, a: usize, tails: usize,
  ownSigma: f64, own: usize, ownTails: usize, stride: i32, tailCount: i32,
  parity: i32, tolerance: f64, factor: f64, shift: f64,
): i32 {
  let undone = 0;
  const padded = (count + 3) & ~3;
  for (let p: usize = 0; p < <usize>padded << 3; p += 16) {
    const scale = f64x2.mul(f64x2.splat(ownSigma), v128.load(sigma + p));
    v128.store(out + p, correlation2lanes(v128.load(c + p), scale));
  }
  for (let j = count; j < padded; j++) f64.store(out + (<usize>j << 3), 0.0);
  const rowBytes = <usize>stride << 3;
  const tailBytes = <usize>tailCount << 3;
  const vectors = parity == 2 ? 4 : 2;
  for (let j = 0; j < padded; j += 4, out += 32, a += rowBytes << 2, tails += tailBytes << 2) {
    const rho0 = f64.load(out), rho1 = f64.load(out, 8), rho2 = f64.load(out, 16), rho3 = f64.load(out, 24);
    const largest = max(max(abs(rho0), abs(rho1)), max(abs(rho2), abs(rho3)));
    const square = largest * largest;
    const eighth = square * square * square * square;
    let power: f64 = 1.0;
    let k = 0;
    for (; k < tailCount; k++, power *= eighth) {
      const t = tails + (<usize>k << 3);
      const most = max(
        max(f64.load(t), f64.load(t + tailBytes)),
        max(f64.load(t + (tailBytes << 1)), f64.load(t + 3 * tailBytes)),
      );
      if (power * f64.load(ownTails + (<usize>k << 3)) * most <= tolerance) break;
    }
    if (k == tailCount || largest == 1.0) {
      v128.store(out, f64x2.splat(NaN));
      v128.store(out, f64x2.splat(NaN), 16);
      undone++;
      continue;
    }
    const u0 = parity == 2 ? rho0 : rho0 * rho0;
    const u1 = parity == 2 ? rho1 : rho1 * rho1;
    const u2 = parity == 2 ? rho2 : rho2 * rho2;
    const u3 = parity == 2 ? rho3 : rho3 * rho3;
    const w0 = f64x2.splat(u0 * u0), w1 = f64x2.splat(u1 * u1);
    const w2 = f64x2.splat(u2 * u2), w3 = f64x2.splat(u3 * u3);
    let s0 = f64x2.splat(0.0), s1 = f64x2.splat(0.0), s2 = f64x2.splat(0.0), s3 = f64x2.splat(0.0);
    let p = own + (<usize>(k * vectors) << 4);
    let q = a + (<usize>(k * vectors) << 4);
    for (; p > own; p -= 16, q -= 16) {
      const x = v128.load(p);
      s0 = multiplyAdd(s0, w0, f64x2.mul(x, v128.load(q)));
      s1 = multiplyAdd(s1, w1, f64x2.mul(x, v128.load(q + rowBytes)));
      s2 = multiplyAdd(s2, w2, f64x2.mul(x, v128.load(q + (rowBytes << 1))));
      s3 = multiplyAdd(s3, w3, f64x2.mul(x, v128.load(q + 3 * rowBytes)));
    }
    const lone = k == 0 ? 0.0 : f64.load(own);
    const r0 = finish(s0, u0, rho0, lone * f64.load(a), parity);
    const r1 = finish(s1, u1, rho1, lone * f64.load(a + rowBytes), parity);
    const r2 = finish(s2, u2, rho2, lone * f64.load(a + (rowBytes << 1)), parity);
    const r3 = finish(s3, u3, rho3, lone * f64.load(a + 3 * rowBytes), parity);
    f64.store(out, factor * r0 + shift);
    f64.store(out, factor * r1 + shift, 8);
    f64.store(out, factor * r2 + shift, 16);
    f64.store(out, factor * r3 + shift, 24);
  }
  return undone;
}
