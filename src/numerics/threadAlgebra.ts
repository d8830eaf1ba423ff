import type { LinearAlgebra } from './linearAlgebra.js';
import { WasmLinearAlgebra } from './wasm/wasmLinearAlgebra.js';

const makers = new Map<string, () => LinearAlgebra>();
const made = new Map<string, LinearAlgebra>();

/**
 * Names a backend that tasks may use on this thread: by its `description`, which every thread understands.
 */
export function provideThreadAlgebra(description: string, make: () => LinearAlgebra): void {
  makers.set(description, make);
}

/**
 * A single-threaded backend for tasks that multiply matrices, on whatever thread asks: the one that was
 * provided by this name, or else the WebAssembly kernels. Run such tasks inside
 * `LinearAlgebra.singleThreaded`.
 */
export function threadAlgebra(description: string): LinearAlgebra {
  const known = made.get(description);
  if (known) return known;
  const algebra = makers.get(description)?.() ?? new WasmLinearAlgebra();
  made.set(description, algebra);
  return algebra;
}
