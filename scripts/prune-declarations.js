// Removes the declarations in dist that no entry of the package reaches: nobody can import them, and they
// would ship.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const files = Object.values(entries).flatMap((entry) =>
  typeof entry === 'string' ? [entry] : Object.values(entry),
);
const reached = new Set(files.map((file) => join(file).replace(/\.js$/, '.d.ts')));
for (const path of reached) {
  if (!existsSync(join(root, path))) throw new Error(`${path} is reached by an entry, and was not built`);
  for (const [, target] of readFileSync(join(root, path), 'utf8').matchAll(
    /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
  ))
    reached.add(`${join(dirname(path), target)}.d.ts`);
}
for (const name of readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })) {
  const path = join('dist', name);
  if (path.endsWith('.d.ts') && !reached.has(path)) rmSync(join(root, path));
}
