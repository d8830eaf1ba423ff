// Bundles linkedom, the document that figures are drawn in, into dist/vendor/linkedom.js with the licences of what is in it: it and
// the eight packages that it needs would take a quarter of an installation.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = join(root, 'dist/vendor/linkedom.js');
const bundle = await rolldown({ input: join(root, 'node_modules/linkedom/esm/index.js'), platform: 'node', logLevel: 'silent' });
const { output: chunks } = await bundle.write({ file: output, format: 'esm', minify: true, codeSplitting: false });

const packages = new Set();
for (const module of chunks.flatMap((chunk) => chunk.moduleIds ?? [])) {
  const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(module.replaceAll('\\', '/'));
  if (folder && existsSync(join(folder[0], 'package.json'))) packages.add(folder[0]);
}
const licences = [...packages].sort().map((folder) => {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8') : ''}`;
});
writeFileSync(join(root, 'dist/vendor/LICENSES.txt'), licences.join('\n----\n\n'));
