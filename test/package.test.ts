import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as browserEntry from '#src/browser.js';
import * as nodeEntry from '#src/index.js';
import { version } from '#src/version.js';
import { root } from './support.js';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the package', () => {
  it('has one version, everywhere', () => {
    expect(version).toBe(manifest.version);
    expect(readFileSync(join(root, 'CITATION.cff'), 'utf8')).toContain(`\nversion: ${version}\n`);
    expect(readFileSync(join(root, 'python/src/finite_width/_version.py'), 'utf8')).toContain(`"${version}"`);
    expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}`);
  });

  it('gives the browser what it gives Node, but for files and threads', () => {
    const extra = Object.keys(nodeEntry).filter((name) => !(name in browserEntry));
    expect(extra.sort()).toEqual(['defaultCompute', 'loadProblem', 'nodeCompute']);
  });

  it('solves by the browser entry, with the WebAssembly backend alone', async () => {
    const data = browserEntry.xor({
      dataset: 'xor',
      samples: 12,
      testSamples: 3,
      dimension: 5,
      noise: 1,
      seed: 1,
    });
    const problem = browserEntry.createProblem({ data, network: { width: 50 } });
    const inPage = await browserEntry.solve(problem, 'perturbative');
    const here = await nodeEntry.solve(problem, 'perturbative');
    expect(inPage.convergence.converged).toBe(true);
    expect(browserEntry.relativeDistance(inPage.kernels[2], here.kernels[2])).toBeLessThan(1e-8);
  });
});

describe('what ships', () => {
  const folder = mkdtempSync(join(tmpdir(), 'finite-width-package-'));
  const installed = join(folder, 'node_modules/finite-width');
  let packed: { size: number; filename: string; files: { path: string }[] };
  const run = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  const command = (...args: string[]) => run(join(installed, 'bin/finite-width.js'), ...args);

  /**
   * An empty folder with the tarball and what it depends on, as npm would install it without optional
   * packages.
   */
  beforeAll(() => {
    const pack = spawnSync(`npm pack --ignore-scripts --json --pack-destination "${folder}"`, {
      cwd: root,
      encoding: 'utf8',
      shell: true,
    });
    const answer = JSON.parse(pack.stdout);
    packed = Array.isArray(answer) ? answer[0] : answer['finite-width'];
    mkdirSync(installed, { recursive: true });
    spawnSync('tar', ['xzf', join(folder, packed.filename), '--strip-components=1', '-C', installed]);
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    for (const [path, { dev, optional, devOptional }] of Object.entries<Record<string, boolean>>(packages)) {
      if (path === '' || dev || optional || devOptional) continue;
      const inner = join(root, path, 'node_modules');
      cpSync(join(root, path), join(folder, path), { recursive: true, filter: (source) => source !== inner });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has at most 2.3 MB, and at most 25 MB with all it needs (30 on disk, in blocks)', () => {
    expect(packed.size).toBeLessThan(2.3e6);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) =>
      statSync(join(folder, name)),
    );
    const total = files.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0);
    expect(total - packed.size).toBeLessThan(25e6);
  });

  it('has the declarations that its entries reach', () => {
    const shipped = new Set(packed.files.map(({ path }) => path));
    const reached = new Set(
      ['index', 'browser', 'entry/theories', 'entry/activations', 'entry/architecture', 'entry/numerics'].map(
        (entry) => `dist/${entry}.d.ts`,
      ),
    );
    for (const path of reached) {
      if (!shipped.has(path)) continue;
      for (const [, target] of readFileSync(join(root, path), 'utf8').matchAll(
        /(?:from |import\()['"](\.[^'"]+)\.js['"]/g,
      ))
        reached.add(`${join(dirname(path), target)}.d.ts`);
    }
    expect(reached.size).toBeGreaterThan(50);
    expect([...reached].filter((path) => !shipped.has(path))).toEqual([]);
  });

  it('has no source maps, caches, legacy fonts, and no script that runs where it is installed', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths.filter((path) => /\.map$|\.tsbuildinfo|\.woff$|KaTeX.*\.ttf$/.test(path))).toEqual([]);
    for (const path of paths.filter((name) => /\.(js|css)$/.test(name)))
      expect(readFileSync(join(installed, path), 'utf8')).not.toMatch(
        /sourceMappingURL=(?!data:)\S|url\([^)]*\.woff["')]/,
      );
    const { scripts } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const name of ['prepare', 'preinstall', 'install', 'postinstall'])
      expect(scripts).not.toHaveProperty(name);
    expect(scripts.prepublish).toBe('npm run build');
    expect(paths).toContain('bench/README.md');
    expect(paths).toEqual(
      expect.arrayContaining(['fonts/LICENSE', 'explorer/dist/digits/README.md', 'explorer/dist/offline.js']),
    );
  });

  it('runs in an empty folder: command, real digits, pictures, entries of Node and browsers', () => {
    expect(command('--version').stdout.trim()).toBe(version);
    const xor = command('compare', 'xor', '--theories', 'nngp', '--widths', '20..40:2', '--out', 'xor');
    expect([xor.status, xor.stderr.match(/error.*/i)]).toEqual([0, null]);
    expect(readdirSync(join(folder, 'xor')).filter((name) => name.endsWith('.png'))).not.toEqual([]);
    expect(command('solve', 'mnist', '--theory', 'nngp', '--out', 'mnist').status).toBe(0);
    const entry = (condition: string) =>
      run(
        '-C',
        condition,
        '--input-type=module',
        '-e',
        "console.log('nodeCompute' in (await import('finite-width')))",
      ).stdout;
    expect([entry('default'), entry('browser')]).toEqual(['true\n', 'false\n']);
    const has = (part: string, name: string) =>
      run('--input-type=module', '-e', `console.log(typeof (await import('finite-width/${part}')).${name})`)
        .stdout;
    expect([has('theories', 'multiscale'), has('activations', 'kernelOf'), has('numerics', 'zeros')]).toEqual(
      ['object', 'function', 'function'].map((kind) => `${kind}\n`),
    );
    expect(
      run('--input-type=module', '-e', "await import('finite-width/dist/theories/registry.js')").stderr,
    ).toMatch(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });
});

describe('the checks of sources', () => {
  const check = (script: string, folder: string) =>
    spawnSync(process.execPath, [`scripts/${script}.js`], { cwd: folder, encoding: 'utf8' });
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'finite-width-checks-'));
    for (const part of ['src', 'explorer/src'])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    for (const script of ['check-imports', 'check-docstrings'])
      cpSync(join(root, `scripts/${script}.js`), join(folder, `scripts/${script}.js`));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a check says of the sources with another file in them. */
  function saidOf(script: string, name: string, text: string) {
    const path = join(folder, name);
    const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    writeFileSync(path, text);
    const said = check(script, folder);
    if (before === undefined) rmSync(path);
    else writeFileSync(path, before);
    return said;
  }

  it('check-imports passes here', () => {
    expect(check('check-imports', root).status).toBe(0);
  });

  it.each([
    [
      'an import against the direction',
      'src/numerics/bad.ts',
      "import { solveWith } from '../theories/solve.js';\nexport { solveWith };\n",
      /numerics must not depend on theories/,
    ],
    [
      'Node in the core',
      'src/theories/bad.ts',
      "import { readFileSync } from 'node:fs';\nexport { readFileSync };\n",
      /theories\/bad\.ts: imports node:fs/,
    ],
    [
      'the native backend in the browser entry',
      'src/browser.ts',
      "export { findBlas } from './numerics/native/blas.js';\n",
      /browser entry reaches a Node-only file: browser\.ts → numerics\/native\/blas\.ts/,
    ],
    [
      'a page that reaches into the core',
      'explorer/src/views/bad.ts',
      "import { solveWith } from '../../../src/theories/solve.js';\nexport { solveWith };\n",
      /explorer\/src\/views\/bad\.ts: imports \.\.\/\.\.\/\.\.\/src\/theories\/solve\.js; of this package the page imports finite-width\/browser alone/,
    ],
  ])('check-imports fails on %s', (_, name, text, message) => {
    const { status, stderr } = saidOf('check-imports', name, text);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('check-docstrings fails on what an export does not say, and on that alone', () => {
    const { status, stderr } = saidOf(
      'check-docstrings',
      'src/entry/bad.ts',
      [
        "import { checkSquare } from '../numerics/arguments.js';",
        "import type { Matrix } from '../numerics/matrix.js';",
        'function checked(a: Matrix) { checkSquare("a", a); }',
        'export function bare() {}',
        '/** Takes a. */ export function shapeless(a: Matrix) { return a.rows; }',
        '/** Something. */ export function unnamed(a: number) { return a; }',
        '/** Something of parts. */ export function apart({ rows }: { rows: number }) { return rows; }',
        '/** Throws for a, P×P. */ export function thrower(a: Matrix) { checked(a); }',
        '/** Fields. */ export interface Fields { readonly size: number; /** C */ readonly c: Matrix; /** P×P */ readonly k: Matrix }',
        '/** Of a, P×P. @throws InputError for others */ export const right = (a: Matrix): void => checked(a);',
      ].join('\n'),
    );
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'src/entry/bad.ts Fields.c: a matrix without a shape',
      'src/entry/bad.ts Fields.size: no docstring',
      'src/entry/bad.ts apart: parameter 1 is taken apart, and has no @param',
      'src/entry/bad.ts bare: no docstring',
      'src/entry/bad.ts shapeless: parameter a is a matrix without a shape',
      'src/entry/bad.ts thrower: can throw InputError, without @throws',
      'src/entry/bad.ts unnamed: does not name its parameter a',
    ]);
  });
});
