import type { Digits } from './mnist.js';

/** Where bytes come from: files on a disk, or what a page was given. */
export interface Sources {
  /** The bytes of a file. @throws InputError if it cannot be read */
  bytes(path: string): Promise<Uint8Array>;
  /** digits of the package, or of IDX files in a folder */
  digits(idxFolder: string | undefined): Promise<Digits>;
  /** bytes that data may take */
  readonly memory: number;
}
