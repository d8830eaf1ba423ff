import { openBlas } from '../numerics/native/blas.js';
import { NativeLinearAlgebra } from '../numerics/native/nativeLinearAlgebra.js';
import { provideThreadAlgebra } from '../numerics/threadAlgebra.js';

/** Lets tasks on this thread use the native backend of a library that is known to work. */
export function provideNative(file: string): void {
  provideThreadAlgebra(file, () => new NativeLinearAlgebra(openBlas(file), 1));
}
