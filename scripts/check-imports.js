// Enforces the architecture: imports point one way and never in a circle, Node stays out of the core, and the
// browser entry reaches no Node module. Exits with 1 and a line for every violation.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = join(dirname(fileURLToPath(import.meta.url)), '../src');

/** Each folder may import itself and folders of lower rank. */
const RANK = {
  numerics: 0,
  measures: 1,
  activations: 1,
  problem: 2,
  formats: 2,
  datasets: 3,
  architecture: 3,
  likelihood: 3,
  prior: 4,
  sampling: 4,
  posterior: 5,
  criticality: 5,
  solving: 6,
  theories: 7,
  compute: 8,
  distributed: 8,
  report: 8,
  io: 8,
  sweep: 9,
  cli: 10,
  service: 10,
  entry: 11,
};
/** Folders that may use Node; the native backend is the only part of the numerics that may. */
const NODE_ONLY = ['cli', 'service', 'io', 'sweep', 'compute', 'distributed', 'numerics/native'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.includes('assembly'))
  .map((path) => path.replaceAll('\\', '/'));

function importsOf(path) {
  const text = readFileSync(join(source, path), 'utf8');
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(pattern)].map((match) => match[1] ?? match[2] ?? match[3]);
}

const target = (path, specifier) =>
  relative(source, resolve(source, dirname(path), specifier))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
const folderOf = (path) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');
const isNodeOnly = (path) => NODE_ONLY.some((folder) => path.startsWith(`${folder}/`)) || path === 'index.ts';

const violations = [];
const graph = new Map();
for (const path of files) {
  const imports = importsOf(path);
  const local = imports
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => target(path, specifier));
  graph.set(path, local);
  if (!isNodeOnly(path)) {
    for (const specifier of imports) {
      if (specifier.startsWith('node:') || specifier === 'koffi')
        violations.push(`${path}: imports ${specifier}, but is not one of ${NODE_ONLY.join(', ')}`);
    }
  }
  const folder = folderOf(path);
  if (folder && !(folder in RANK))
    violations.push(`${path}: folder ${folder} has no rank in scripts/check-imports.js`);
  for (const other of local) {
    if (!files.includes(other) && !other.endsWith('wasmBytes.ts'))
      violations.push(`${path}: imports ${other}, which does not exist`);
    const otherFolder = folderOf(other);
    if (!folder || !otherFolder || folder === otherFolder) continue;
    if (RANK[otherFolder] >= RANK[folder])
      violations.push(`${path}: imports ${other}, but ${folder} must not depend on ${otherFolder}`);
  }
}

/** A path from `from` to a Node-only file, if there is one. */
function leak(from, seen = new Set()) {
  if (seen.has(from)) return undefined;
  seen.add(from);
  if (isNodeOnly(from)) return [from];
  for (const next of graph.get(from) ?? []) {
    const rest = leak(next, seen);
    if (rest) return [from, ...rest];
  }
  return undefined;
}
for (const entry of ['browser.ts', ...files.filter((path) => path.startsWith('entry/'))]) {
  const leaked = leak(entry);
  const name = entry === 'browser.ts' ? 'the browser entry' : entry;
  if (leaked) violations.push(`${name} reaches a Node-only file: ${leaked.join(' → ')}`);
}

/**
 * Files that import each other, by way of others or not; types count: who reads one file should not need all
 * of them.
 */
function cycles() {
  const [done, found] = [new Set(), []];
  const walk = (path, way) => {
    if (way.includes(path)) found.push([...way.slice(way.indexOf(path)), path]);
    if (way.includes(path) || done.has(path)) return;
    for (const next of graph.get(path) ?? []) walk(next, [...way, path]);
    done.add(path);
  };
  for (const path of files) walk(path, []);
  return found;
}
for (const way of cycles()) violations.push(`files import each other: ${way.join(' → ')}`);

/** The page stands on what everybody can import. */
const page = join(source, '../explorer/src');
for (const path of readdirSync(page, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
)) {
  const specifiers = [
    ...readFileSync(join(page, path), 'utf8').matchAll(/from\s*'([^']+)'|import\(\s*'([^']+)'\s*\)/g),
  ].map((match) => match[1] ?? match[2]);
  for (const specifier of specifiers) {
    const inside =
      !specifier.startsWith('.') || !relative(page, resolve(page, dirname(path), specifier)).startsWith('..');
    const core =
      specifier.startsWith('#') ||
      specifier.startsWith('node:') ||
      /^finite-width(?!\/browser$)/.test(specifier);
    if (!inside || core)
      violations.push(
        `explorer/src/${path}: imports ${specifier}; of this package the page imports finite-width/browser alone`,
      );
  }
}

for (const violation of violations) console.error(violation);
if (violations.length > 0) process.exit(1);
console.log(`imports: ${files.length} files, one way only`);
