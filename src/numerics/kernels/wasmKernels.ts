import { relaxedBase64, wasmBase64 } from './wasmBytes.js';

/** Doubles per slice buffer: four of them stay within a first-level cache. */
export const SLICE = 1024;

/** Sizes of the packed blocks of a matrix product: rows and columns of C, inner dimension. */
export const BLOCK_ROWS = 128;
export const BLOCK_COLUMNS = 256;
export const BLOCK_DEPTH = 256;

interface Exports {
  readonly memory: WebAssembly.Memory;
  __new(size: number, id: number): number;
  erf(x: number, out: number, count: number): void;
  erfDerivative(x: number, out: number, count: number): void;
  exp(x: number, out: number, count: number): void;
  tanh(x: number, out: number, count: number): void;
  asin(x: number, out: number, count: number): void;
  acos(x: number, out: number, count: number): void;
  arcsineRow(
    c: number,
    r: number,
    out: number,
    count: number,
    scale: number,
    factor: number,
    shift: number,
  ): void;
  angularRow(
    c: number,
    sigma: number,
    out: number,
    count: number,
    own: number,
    linear: number,
    weight: number,
    shift: number,
  ): void;
  geluRow(
    c: number,
    r: number,
    q: number,
    out: number,
    count: number,
    ownR: number,
    ownQ: number,
    factor: number,
    shift: number,
  ): void;
  seriesRow(
    c: number,
    out: number,
    count: number,
    sigma: number,
    a: number,
    tails: number,
    ownSigma: number,
    own: number,
    ownTails: number,
    stride: number,
    tailCount: number,
    parity: number,
    tolerance: number,
    factor: number,
    shift: number,
  ): number;
  loadState(p: number): void;
  storeState(p: number): void;
  jump(p: number): void;
  fillBits(p: number, count: number): void;
  fillUniforms(p: number, count: number): void;
  fillNormals(p: number, count: number): void;
  multiplyPacked(m: number, n: number, depth: number, a: number, b: number, c: number): void;
}

interface Buffer {
  readonly pointer: number;
  readonly values: Float64Array;
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

let compiled: { readonly all: WebAssembly.Module; readonly relaxed?: WebAssembly.Module } | undefined;

/**
 * The second module is for engines with relaxed SIMD (Node 22, browsers since 2023), where products and sums
 * in one step make its loops faster; results differ in the last bit.
 */
function modules(): NonNullable<typeof compiled> {
  const bytes = decode(relaxedBase64);
  const relaxed = WebAssembly.validate(bytes) ? { relaxed: new WebAssembly.Module(bytes) } : {};
  return { all: new WebAssembly.Module(decode(wasmBase64)), ...relaxed };
}

/** Whether products and sums are fused. */
export function isRelaxed(): boolean {
  compiled ??= modules();
  return compiled.relaxed !== undefined;
}

/** An instance with memory of its own. */
export function newInstance(): Exports {
  compiled ??= modules();
  const env = { abort };
  const exports = new WebAssembly.Instance(compiled.all, { env }).exports as unknown as Exports;
  if (!compiled.relaxed) return exports;
  const { memory } = exports;
  return { ...exports, ...new WebAssembly.Instance(compiled.relaxed, { env: { ...env, memory } }).exports };
}

const abort = () => {
  throw new Error('internal error in the WebAssembly kernels');
};

function instantiate() {
  const exports = newInstance();
  const sizes = [
    SLICE,
    SLICE,
    SLICE,
    SLICE,
    8,
    BLOCK_ROWS * BLOCK_DEPTH,
    BLOCK_COLUMNS * BLOCK_DEPTH,
    BLOCK_ROWS * BLOCK_COLUMNS,
  ];
  const pointers = sizes.map((size) => (exports.__new(size * 8 + 16, 0) + 15) & ~15);
  // The memory never grows after this line, so the views stay attached.
  const [input, second, third, output, state, a, b, c] = pointers.map(
    (pointer, i): Buffer => ({ pointer, values: new Float64Array(exports.memory.buffer, pointer, sizes[i]) }),
  );
  return {
    exports,
    input,
    second,
    third,
    output,
    state,
    stateWords: new BigUint64Array(state.values.buffer, state.pointer, 4),
    a,
    b,
    c,
  };
}

let instance: ReturnType<typeof instantiate> | undefined;

/**
 * The SIMD kernels and their fixed working memory (1.1 MB), one instance a thread, made at first use.
 * Compiling is synchronous: the module is a few kilobytes.
 */
export function wasmKernels(): ReturnType<typeof instantiate> {
  instance ??= instantiate();
  return instance;
}
