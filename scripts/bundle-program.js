// Bundles the command line and its threads into dist/program: to load hundreds of small modules takes longer
// than most commands.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from './bundle.js';
import { licencesOf } from './licences.js';

const dist = (path) => fileURLToPath(new URL(`../dist/${path}`, import.meta.url));
const entries = [
  'cli/main',
  'cli/sayVersion',
  'cli/interruption',
  'cli/watchdog',
  'numerics/native/memory',
  'compute/worker',
];
const threads = ['sweep/pointWorker', 'sweep/taskWorker'];

/** Large packages are installed beside this one; small ones load faster inside, of zod a small part. */
const installed = (id) =>
  !/^[./]|^[A-Z]:|^(zod|commander|ml-matrix|fflate|jsep|d3-dsv|cli-progress)$/i.test(id);

const input = Object.fromEntries(
  [...entries, ...threads].map((path) => [path.split('/').pop(), dist(`${path}.js`)]),
);
const modules = await bundle(input, dist('program'), installed);
writeFileSync(join(dist('program'), 'LICENSES.txt'), licencesOf(modules));
