// Bundles linkedom, the document that figures are drawn in, into dist/vendor/linkedom.js with the licences of
// what is in it: it and the eight packages that it needs would take a quarter of an installation.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { licencesOf } from './licences.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'dist/vendor/linkedom.js');
const bundle = await rolldown({
  input: join(root, 'node_modules/linkedom/esm/index.js'),
  platform: 'node',
  logLevel: 'silent',
});
const { output: chunks } = await bundle.write({
  file: output,
  format: 'esm',
  minify: true,
  codeSplitting: false,
});
writeFileSync(
  join(root, 'dist/vendor/LICENSES.txt'),
  licencesOf(chunks.flatMap((chunk) => chunk.moduleIds ?? [])),
);
