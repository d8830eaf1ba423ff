// npm run figures [-- NAMES]: makes the pictures of docs/figures.md again, each by the command that stands
// above it there. --list prints the commands instead.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const FIGURES = ['compare', 'layers', 'prior', 'phase', 'landscape', 'response'];

/**
 * Pictures by name, each with the arguments of its command: the n-th picture after a block of commands is the
 * n-th command's.
 */
function figuresOf(markdown) {
  const waiting = [];
  const figures = new Map();
  for (const line of markdown.split('\n')) {
    const command = /^ {4}npx finite-width (.*?)( {2,}#.*)?$/.exec(line);
    if (command) waiting.push(command[1].split(/\s+/));
    const picture = /\]\(pictures\/([\w-]+)\.svg\)$/.exec(line);
    if (!picture) continue;
    const args = waiting.shift();
    if (!args) throw new Error(`docs/figures.md: no command stands above pictures/${picture[1]}.svg`);
    figures.set(picture[1], args);
  }
  if (waiting.length > 0) throw new Error(`docs/figures.md: no picture stands below ${waiting[0].join(' ')}`);
  return figures;
}

/** The arguments, with results in a folder of this script. */
const into = (args, out) => {
  const at = args.indexOf('--out');
  return at < 0 ? [...args, '--out', out] : args.with(at + 1, out);
};

function make(name, args) {
  const out = join('runs', 'figures', name);
  console.log(`${name}: finite-width ${into(args, out).join(' ')}`);
  const { status } = spawnSync(process.execPath, ['bin/finite-width.js', ...into(args, out)], {
    cwd: root,
    stdio: 'inherit',
  });
  // 1: some theory has no solution somewhere, which the figure shows.
  if (status !== 0 && status !== 1) throw new Error(`${name} ended with status ${status}`);
  // A command that makes several gives the one that the picture is named after.
  const own = name.replace(/-.*/, '');
  const svg = [own, ...FIGURES].map((figure) => join(root, out, `${figure}.svg`)).find(existsSync);
  if (!svg) throw new Error(`${name}: no figure in ${out}`);
  copyFileSync(svg, join(root, 'docs/pictures', `${name}.svg`));
}

const figures = figuresOf(readFileSync(join(root, 'docs/figures.md'), 'utf8'));
const asked = process.argv.slice(2);
if (asked[0] === '--list') {
  console.log(JSON.stringify([...figures]));
} else {
  const unknown = asked.find((name) => !figures.has(name));
  if (unknown) throw new Error(`no picture ${unknown}; there are ${[...figures.keys()].join(', ')}`);
  for (const [name, args] of figures) if (asked.length === 0 || asked.includes(name)) make(name, args);
}
