import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as browserEntry from '#src/browser.js';
import * as nodeEntry from '#src/index.js';
import { version } from '#src/version.js';
import { root } from './support.js';

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

describe('the package', () => {
  it('has one version, everywhere', () => {
    expect(version).toBe(manifest.version);
    expect(readFileSync(join(root, 'CITATION.cff'), 'utf8')).toContain(`\nversion: ${version}\n`);
    expect(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')).toContain(`## ${version}`);
  });

  it('gives the browser what it gives Node, but for files and threads', () => {
    const extra = Object.keys(nodeEntry).filter((name) => !(name in browserEntry));
    expect(extra.sort()).toEqual(['defaultCompute', 'loadProblem', 'nodeCompute']);
  });

  it('solves by the browser entry, with the WebAssembly backend alone', async () => {
    const data = browserEntry.xor({ dataset: 'xor', samples: 12, testSamples: 3, dimension: 5, noise: 1, seed: 1 });
    const problem = browserEntry.createProblem({ data, network: { width: 50 } });
    const inPage = await browserEntry.solve(problem, 'perturbative');
    const here = await nodeEntry.solve(problem, 'perturbative');
    expect(inPage.convergence.converged).toBe(true);
    expect(browserEntry.relativeDistance(inPage.kernels[2], here.kernels[2])).toBeLessThan(1e-8);
  });
});

describe('the check of import directions', () => {
  const check = (folder: string) => spawnSync(process.execPath, ['scripts/check-imports.js'], { cwd: folder, encoding: 'utf8' });

  it('passes here', () => {
    expect(check(root).status).toBe(0);
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
  ])('fails on %s', (_, name, text, message) => {
    const folder = mkdtempSync(join(tmpdir(), 'finite-width-imports-'));
    for (const part of ['src', 'explorer/src']) cpSync(join(root, part), join(folder, part), { recursive: true });
    cpSync(join(root, 'scripts'), join(folder, 'scripts'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, name), text);
    const { status, stderr } = check(folder);
    rmSync(folder, { recursive: true });
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });
});
