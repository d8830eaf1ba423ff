import { checkFunction, checkNumber, checkObject } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { createData } from '../problem/createData.js';
import { generatedSpec, type MnistSpec } from '../problem/dataSchema.js';
import type { Data } from '../problem/problem.js';

/** Of an image, 28×28 */
export const PIXELS = 784;

/** Images of each digit, a byte a pixel, one image after the other. */
export interface Digits {
  /** 784, of 28×28 images */
  readonly pixelsPerImage: number;
  /** where they come from, for people */
  readonly source: string;
  /** All images of a `digit` from 0 to 9, one byte a pixel, one after the other. */
  images(digit: number): Promise<Uint8Array>;
}

/**
 * MNIST digits (theory §10): the classes equally often, drawn without replacement. Two classes have the
 * targets +1 (the first) and −1, more have one-hot targets. Scaling `centred`: the mean image of the training
 * set subtracted, then every image scaled to |x|² = D; `raw`: pixels from 0 to 1. X is P×784, Y P×1 for two
 * classes, P×n for n.
 * @param spec as in a problem file; what is left out has its default
 * @param digits where images come from
 * @throws InputError for keys that do not exist, values that make no sense, and more images than there are
 */
export async function mnist(spec: MnistSpec, digits: Digits): Promise<Data> {
  const { classes, samples, testSamples, scaling, inputMetric, seed } = generatedSpec('mnist', spec);
  checkDigits(digits);
  if (new Set(classes).size !== classes.length)
    throw new InputError(`data.classes: ${JSON.stringify(classes)} names a digit twice`);
  const dimension = digits.pixelsPerImage;
  const outputs = outputsOf(classes.length);
  const stream = RandomStream.fromSeed(seed);
  const parts = { train: empty(samples, dimension, outputs), test: empty(testSamples, dimension, outputs) };
  for (const [k, digit] of classes.entries()) {
    const images = await digits.images(digit);
    const available = images.length / dimension;
    const [train, test] = [share(samples, classes.length, k), share(testSamples, classes.length, k)];
    if (train + test > available) {
      throw new InputError(
        `data.samples: ${train} + ${test} images of digit ${digit} asked for, ${digits.source} has ${available}${spec.idx === undefined ? '; all 60 000 come by data.idx' : ''}`,
      );
    }
    const order = stream.split(k).permutation(available);
    fill(parts.train, images, order.subarray(0, train), k, classes.length);
    fill(parts.test, images, order.subarray(train, train + test), k, classes.length);
  }
  if (scaling === 'centred') centre(parts.train.x, parts.test.x);
  const scaled = scaling === 'centred' ? 'mean training image subtracted, |x|² = D' : 'pixels from 0 to 1';
  const description = `MNIST digits ${classes.join(', ')} (${digits.source}), ${samples} points, D = ${dimension}, ${scaled}, seed ${seed}`;
  const test = testSamples > 0 ? { xTest: parts.test.x, yTest: parts.test.y } : {};
  const image = imageOf(dimension);
  return createData({ inputMetric, x: parts.train.x, y: parts.train.y, ...test, image, description });
}

/** Columns of the targets: one of ±1 for two classes, else one a class. */
export const outputsOf = (classes: number): number => (classes === 2 ? 1 : classes);

/** The shape of a square image of one channel. */
export function imageOf(pixels: number): readonly number[] | undefined {
  const side = Math.sqrt(pixels);
  return Number.isInteger(side) ? [side, side, 1] : undefined;
}

function checkDigits(digits: unknown): void {
  checkObject('digits', digits, 'must be an object { pixelsPerImage, source, images }');
  checkNumber('digits.pixelsPerImage', digits.pixelsPerImage, 1);
  checkFunction('digits.images', digits.images);
}

interface Part {
  readonly x: Matrix;
  readonly y: Matrix;
}

const empty = (samples: number, dimension: number, outputs: number): Part => ({
  x: zeros(samples, dimension),
  y: zeros(samples, outputs),
});

/** Points of class k: as equal as the total allows, points k, k + classes, … of the part. */
const share = (total: number, classes: number, k: number) => Math.floor((total + classes - 1 - k) / classes);

function fill({ x, y }: Part, images: Uint8Array, chosen: Int32Array, k: number, classes: number): void {
  const d = x.columns;
  chosen.forEach((image, index) => {
    const row = k + index * classes;
    for (let j = 0; j < d; j++) x.data[row * d + j] = images[image * d + j] / 255;
    if (classes === 2) y.data[row] = k === 0 ? 1 : -1;
    else y.data[row * classes + k] = 1;
  });
}

function centre(train: Matrix, test: Matrix): void {
  const d = train.columns;
  const mean = new Float64Array(d);
  for (let i = 0; i < train.data.length; i++) mean[i % d] += train.data[i] / train.rows;
  for (const part of [train, test]) {
    for (let i = 0; i < part.rows; i++) {
      const row = part.data.subarray(i * d, (i + 1) * d);
      let square = 0;
      for (let j = 0; j < d; j++) {
        row[j] -= mean[j];
        square += row[j] * row[j];
      }
      const factor = square > 0 ? Math.sqrt(d / square) : 0;
      for (let j = 0; j < d; j++) row[j] *= factor;
    }
  }
}
