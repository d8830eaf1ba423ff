import type { Digits } from './mnist.js';

/** Where bytes come from: files on a disk, or what a page was given. */
export interface Sources {
  /** The bytes of a file, `path` as it stands in the problem. @throws InputError if it cannot be read */
  bytes(path: string): Promise<Uint8Array>;
  /** Digits of IDX files in `idxFolder`, or of the package. */
  digits(idxFolder: string | undefined): Promise<Digits>;
  /** bytes that data may take */
  readonly memory: number;
}
