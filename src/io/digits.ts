import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Digits } from '../datasets/mnist.js';
import { readIdx } from '../formats/idx.js';
import { InputError } from '../numerics/errors.js';
import { readInput } from './readInput.js';

const PIXELS = 28 * 28;

/**
 * The digits that come along, 400 of each; they lie beside the page, which has to stand alone (its README
 * says where from).
 */
export function packagedDigits(): Digits {
  return {
    pixelsPerImage: PIXELS,
    source: 'the package',
    async images(digit) {
      return gunzipSync(
        await readFile(new URL(`../../explorer/dist/digits/${digit}.bytes`, import.meta.url)),
      );
    },
  };
}

const KINDS = ['images-idx3', 'labels-idx1'] as const;
/** Beyond any set of images: what a damaged file is not unpacked to. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The original files of images and of labels in `folder`, as they are downloaded or unpacked:
 * train-images-idx3-ubyte, train-images.idx3-ubyte, either with .gz.
 * @throws InputError for the one that is missing
 */
export function idxFiles(folder: string): [images: string, labels: string] {
  const found = KINDS.map((kind) => {
    const names = [`train-${kind}-ubyte`, `train-${kind.replace('-idx', '.idx')}-ubyte`].flatMap((name) => [
      name,
      `${name}.gz`,
    ]);
    const file = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (!file) throw new InputError(`data.idx: ${join(folder, names[0])} is missing, and so is ${names[1]}`);
    return file;
  });
  return [found[0], found[1]];
}

async function readIdxFile(file: string, dimensions: number): Promise<ReturnType<typeof readIdx>> {
  const bytes = await readInput(file, `data.idx: ${file}`);
  const array = readIdx(unpacked(bytes, file), file);
  if (array.shape.length !== dimensions)
    throw new InputError(
      `data.idx: ${file}: ${array.shape.length} dimensions where ${dimensions} are expected`,
    );
  return array;
}

/** What gzip packed, if it did: some browsers unpack while they download, and keep the name. */
function unpacked(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_BYTES });
  } catch {
    throw new InputError(`data.idx: ${file}: truncated or damaged; gzip cannot unpack it`);
  }
}

/** The digits of the original IDX files in `folder`. @throws InputError */
export async function idxDigits(folder: string): Promise<Digits> {
  const files = idxFiles(folder);
  const images = await readIdxFile(files[0], 3);
  const labels = await readIdxFile(files[1], 1);
  if (images.shape[0] !== labels.shape[0])
    throw new InputError(`data.idx: ${images.shape[0]} images but ${labels.shape[0]} labels in ${folder}`);
  const size = images.shape[1] * images.shape[2];
  if (size === 0)
    throw new InputError(
      `data.idx: ${files[0]}: images of ${images.shape[1]}×${images.shape[2]} pixels have nothing to learn from`,
    );
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
