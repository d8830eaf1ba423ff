// npm run packed [-- 20 22 24]: packs the package, installs it in an empty folder by each of these versions
// of Node (from the registry), and compares what it computes there, on WebAssembly, with what this Node does.
// RUNNER, such as "qemu-aarch64 -L root", stands before node where it is of another processor; NODE then names
// that node, and no version is installed.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'finite-width-packed-'));
const PROGRAM = 'node_modules/finite-width/bin/finite-width.js';
const THEORIES = 'nngp,linearResponse,multiscale';
const COMMAND = ['compare', 'xor', '--set', 'data.samples=16', '--samples', '2048', '--json'];

const npm = (args, cwd, path = process.env.PATH) =>
  execFileSync('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    env: { ...process.env, PATH: path },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** An empty project. */
function project(name) {
  const path = join(folder, name);
  mkdirSync(path);
  writeFileSync(join(path, 'package.json'), '{ "private": true }');
  return path;
}

/** The numbers of `compare`, by a command that starts node. */
function resultsOf([command, ...before], program, cwd) {
  const args = [...before, program, ...COMMAND, '--theories', THEORIES, '--out', join(cwd, 'run')];
  const env = { ...process.env, FINITE_WIDTH_BLAS: 'none' };
  const stdio = ['ignore', 'pipe', 'ignore'];
  const { theories } = JSON.parse(execFileSync(command, args, { cwd, env, encoding: 'utf8', stdio }));
  return theories.flatMap(({ cka, logEvidence }) => [...cka, logEvidence]);
}

/** Last bits differ between engines, and iterations that draw samples carry them on. */
const TOLERANCE = 1e-8;
const largestDifference = (found, expected) =>
  Math.max(...expected.map((value, k) => Math.abs(found[k] - value) / Math.abs(value)));

/** The node of a version, and where npm finds it. */
function nodeOf(version) {
  const path = project(`node-${version}`);
  npm(['install', `node@${version}`], path);
  return join(path, 'node_modules/node/bin/node');
}

const tarball = join(folder, npm(['pack', '--pack-destination', folder], root).trim().split('\n').at(-1));
const here = resultsOf([process.execPath], join(root, 'bin/finite-width.js'), project('here'));
const versions = process.argv.slice(2);
const nodes = process.env.NODE
  ? [process.env.NODE]
  : (versions.length > 0 ? versions : ['20', '22', '24']).map(nodeOf);
for (const node of nodes) {
  const runner = [...(process.env.RUNNER?.split(' ') ?? []), node];
  const name = execFileSync(runner[0], [...runner.slice(1), '-p', 'process.version + " " + process.arch'], {
    encoding: 'utf8',
  }).trim();
  const path = project(`user-${name.replaceAll(/\W/g, '-')}`);
  const installer = process.env.RUNNER ? undefined : dirname(node) + delimiter + process.env.PATH;
  npm(['install', tarball], path, installer);
  const difference = largestDifference(resultsOf(runner, PROGRAM, path), here);
  console.log(`node ${name}: largest relative difference ${difference.toExponential(1)}`);
  if (!(difference < TOLERANCE)) process.exitCode = 1;
}
rmSync(folder, { recursive: true });
