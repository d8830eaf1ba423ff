// Builds the Python package: the built core as a few files inside the module, then the wheel,
// python/dist/finite_width-VERSION-py3-none-any.whl. `--core` makes the core alone, for an editable
// installation. Needs `npm run build` before, and Python with pip.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { bundle } from './bundle.js';
import { licencesOf } from './licences.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const python = join(root, 'python');
const core = join(python, 'src/finite_width/core');
const dist = (path) => join(root, 'dist', path);

/**
 * The core with all that it needs, in the depth of folders in which it finds threads and digits beside
 * itself.
 */
async function bundleCore() {
  rmSync(core, { recursive: true, force: true });
  const input = { main: dist('service/main.js'), worker: dist('compute/worker.js') };
  const modules = await bundle(input, join(core, 'dist/compute'), ['koffi']);
  writeFileSync(join(core, 'package.json'), '{ "type": "module" }\n');
  writeFileSync(
    join(core, 'LICENSES.txt'),
    `${licencesOf(modules)}\n----\n\n${readFileSync(dist('vendor/LICENSES.txt'), 'utf8')}`,
  );
  cpSync(join(root, 'explorer/dist/digits'), join(core, 'explorer/dist/digits'), { recursive: true });
}

/**
 * What calls a native BLAS, for the systems whose parts are installed here: without it everything runs on
 * WebAssembly.
 */
function copyKoffi() {
  const modules = join(root, 'node_modules');
  if (!existsSync(join(modules, 'koffi')) || !existsSync(join(modules, '@koromix'))) return;
  const target = join(core, 'node_modules');
  // Without what it would be compiled from.
  const needed = (path) => statSync(path).isDirectory() || /\.(c?js|json)$|LICENSE/.test(path);
  const leaves = ['vendor', 'lib', 'doc'].map((name) => join(modules, 'koffi', name));
  cpSync(join(modules, 'koffi'), join(target, 'koffi'), {
    recursive: true,
    filter: (path) => !leaves.includes(path) && needed(path),
  });
  for (const name of readdirSync(join(modules, '@koromix')))
    cpSync(join(modules, '@koromix', name), join(target, '@koromix', name), {
      recursive: true,
      filter: (path) => !path.includes('musl'),
    });
}

/** The explorer for notebooks, one file; it lies in the wheel alone. */
const bundleWidget = () =>
  build({ configFile: join(root, 'explorer/vite.widget.config.ts'), logLevel: 'warn' });

function buildWheel() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  rmSync(join(python, 'dist'), { recursive: true, force: true });
  mkdirSync(join(python, 'dist'));
  const interpreter = process.env.PYTHON ?? (process.platform === 'win32' ? 'python' : 'python3');
  const quiet = ['--quiet', '--disable-pip-version-check'];
  execFileSync(
    interpreter,
    ['-m', 'pip', 'wheel', ...quiet, '--no-deps', '--wheel-dir', join(python, 'dist'), python],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const [wheel] = readdirSync(join(python, 'dist'));
  if (!wheel?.startsWith(`finite_width-${version}-`))
    throw new Error(`version ${version} of package.json made ${wheel}`);
  return join('python/dist', wheel);
}

if (!existsSync(dist('service/main.js'))) {
  console.error(`${dirname(dist('service'))} is not built: run npm run build first`);
  process.exit(1);
}
await bundleCore();
await bundleWidget();
cpSync(join(root, 'explorer/src/theories.json'), join(python, 'src/finite_width/static/theories.json'));
copyKoffi();
if (!process.argv.includes('--core')) console.log(buildWheel());
