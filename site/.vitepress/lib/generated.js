import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { anchorOf } from './markdown.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = `${root}site/generated/`;
const run = (command, ...args) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } });

/** Commands that are asked at the same time. */
const AT_ONCE = 3;
const start = promisify(execFile);

/** What every command says of itself. */
async function commandLine() {
  const help = async (...command) =>
    (
      await start(process.execPath, ['bin/finite-width.js', ...command, '--help'], { cwd: root })
    ).stdout.trim();
  const all = await help();
  const commands = [...all.split(/^Commands:/m)[1].matchAll(/^ {2}(\w+)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
  const block = (text) => `\`\`\`text\n${text}\n\`\`\`\n`;
  const sections = [];
  for (let k = 0; k < commands.length; k += AT_ONCE) {
    const some = commands.slice(k, k + AT_ONCE);
    const texts = await Promise.all(some.map((name) => help(name)));
    sections.push(...some.map((name, i) => `## ${name}\n\n${block(texts[i])}`));
  }
  return `# Command line\n\nWhat \`finite-width --help\` says, and every command of itself.\n\n${block(all)}\n${sections.join('\n')}`;
}

/** Docstrings of the Python package, read by Python itself, which nothing has to be installed for. */
function pythonReference() {
  const { status, stdout } = run(
    process.env.PYTHON ?? 'python3',
    'site/python_reference.py',
    'python/src/finite_width',
  );
  if (status === 0) return stdout;
  return `# Python reference\n\nThis site was built where there is no Python that could read the docstrings: [From Python and Jupyter](docs/python.md) has\nall of it in words, and \`help(fw.solve)\` each function.\n`;
}

/** Sections of the README, which pages include by the anchors of their headings. */
function readmeSections() {
  mkdirSync(`${folder}readme`, { recursive: true });
  for (const section of readFileSync(`${root}README.md`, 'utf8')
    .split(/^(?=## )/m)
    .slice(1)) {
    const [heading] = section.slice(3).split('\n');
    writeFileSync(`${folder}readme/${anchorOf(heading)}.md`, section);
  }
}

/** Writes the pages that are made from programs, into site/generated. */
export async function generatePages() {
  mkdirSync(folder, { recursive: true });
  readmeSections();
  writeFileSync(`${folder}command-line.md`, await commandLine());
  writeFileSync(`${folder}python-reference.md`, pythonReference());
}
