// Random numbers: xoshiro256++ (Blackman and Vigna 2021) and a 256-layer ziggurat (Marsaglia and Tsang 2000;
// layer and abscissa take disjoint bits of one draw, as Doornik 2005 asks).
import { ZIGGURAT } from './tables';

let s0: u64 = 0;
let s1: u64 = 0;
let s2: u64 = 0;
let s3: u64 = 0;

export function loadState(p: usize): void {
  s0 = load<u64>(p);
  s1 = load<u64>(p, 8);
  s2 = load<u64>(p, 16);
  s3 = load<u64>(p, 24);
}

export function storeState(p: usize): void {
  store<u64>(p, s0);
  store<u64>(p, s1, 8);
  store<u64>(p, s2, 16);
  store<u64>(p, s3, 24);
}

// @ts-ignore: decorator
@inline function next(): u64 {
  const result = rotl<u64>(s0 + s3, 23) + s0;
  const t = s1 << 17;
  s2 ^= s0;
  s3 ^= s1;
  s1 ^= s2;
  s0 ^= s3;
  s2 ^= t;
  s3 = rotl<u64>(s3, 45);
  return result;
}

/** Advances the state by the jump polynomial given as four words: 2^128 or 2^192 steps. */
export function jump(polynomial: usize): void {
  let a: u64 = 0, b: u64 = 0, c: u64 = 0, d: u64 = 0;
  for (let word = 0; word < 4; word++) {
    const bits = load<u64>(polynomial + (<usize>word << 3));
    for (let i = 0; i < 64; i++) {
      if ((bits >> i) & 1) {
        a ^= s0;
        b ^= s1;
        c ^= s2;
        d ^= s3;
      }
      next();
    }
  }
  s0 = a;
  s1 = b;
  s2 = c;
  s3 = d;
}

export function fillBits(p: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<u64>(p + (<usize>i << 3), next());
}

/** Uniform on (0, 1): the centres of 2^52 equal cells, so neither end is ever met. */
// @ts-ignore: decorator
@inline function uniform(): f64 {
  return (<f64>(next() >> 12) + 0.5) * 2.220446049250313e-16;
}

export function fillUniforms(p: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(p + (<usize>i << 3), uniform());
}

function tail(r: f64): f64 {
  while (true) {
    const x = -Math.log(uniform()) / r;
    if (-2.0 * Math.log(uniform()) >= x * x) return r + x;
  }
}

// @ts-ignore: decorator
@inline function normal(): f64 {
  const edges = changetype<usize>(ZIGGURAT);
  while (true) {
    const bits = next();
    const layer = <usize>(bits & 255) << 3;
    // 53 bits, signed, centred in their cells: a double on (−1, 1).
    const u = (<f64>(<i64>bits >> 11) + 0.5) * 2.220446049250313e-16;
    const x = u * load<f64>(edges + layer);
    if (abs(x) < load<f64>(edges + layer, 8)) return x;
    if (layer == 0) {
      const y = tail(load<f64>(edges, 8));
      return u < 0 ? -y : y;
    }
    const outer = load<f64>(edges + layer);
    const inner = load<f64>(edges + layer, 8);
    const low = Math.exp(-0.5 * outer * outer);
    const high = Math.exp(-0.5 * inner * inner);
    if (low + uniform() * (high - low) < Math.exp(-0.5 * x * x)) return x;
  }
}

export function fillNormals(p: usize, count: i32): void {
  for (let i = 0; i < count; i++) store<f64>(p + (<usize>i << 3), normal());
}
