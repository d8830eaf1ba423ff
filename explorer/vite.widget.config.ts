import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build, defineConfig, type Plugin } from 'vite';
import { equations } from './build/equations.js';
import { fontsInUse } from './build/fontsInUse.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const common = {
  configFile: false as const,
  root: here('.'),
  resolve: { alias: { 'finite-width/browser': here('../dist/browser.js') } },
};
/** One file each. */
const single = { format: 'es' as const, codeSplitting: false };

/** One script and its styles, built from an entry. */
async function built(entry: string, plugins: Plugin[]): Promise<{ script: string; styles: string }> {
  const result = await build({
    ...common,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    build: {
      write: false,
      target: 'es2023',
      cssCodeSplit: false,
      assetsInlineLimit: 1e7,
      chunkSizeWarningLimit: 3000,
      rolldownOptions: { input: here(entry), output: single, checks: { bundlerTimings: false } },
    },
  });
  if (!('output' in result)) throw new Error(`${entry} is not one build`);
  const scripts = result.output.flatMap((file) => (file.type === 'chunk' ? [file.code] : []));
  const styles = result.output.flatMap((file) => (file.type === 'asset' ? [file.source.toString()] : []));
  if (scripts.length !== 1) throw new Error(`${entry} came in ${scripts.length} scripts`);
  return { script: scripts[0], styles: styles.join('\n') };
}

/** Takes the worker along as text instead of as a file beside the page. */
const workerInside: Plugin = {
  name: 'worker-inside',
  enforce: 'pre',
  resolveId(source) {
    if (source === 'virtual:worker-source') return '\0worker-source';
    return source.endsWith('/newWorker') ? here('src/engine/newWorker.inline.ts') : undefined;
  },
  async load(id) {
    if (id !== '\0worker-source') return undefined;
    const { script } = await built('src/engine/worker.ts', []);
    return `export default ${JSON.stringify(script)};`;
  },
};

/** The page that a notebook shows, as one document. */
async function pageText(): Promise<string> {
  const { script, styles } = await built('src/widget/main.ts', [
    ...react(),
    equations(),
    workerInside,
    fontsInUse(),
  ]);
  const code = script.replaceAll('</script', '<\\/script');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>finite-width explorer</title><style>${styles}</style></head><body><div id="root"></div>
<script type="module">${code}</script></body></html>`;
}

/** `virtual:page`: that document, compressed. */
const page: Plugin = {
  name: 'page',
  resolveId: (source) => (source === 'virtual:page' ? '\0page' : undefined),
  load: async (id) =>
    id === '\0page'
      ? `export default '${gzipSync(await pageText(), { level: 9 }).toString('base64')}';`
      : undefined,
};

/** What anywidget loads in a notebook: one file with the whole explorer inside. */
export default defineConfig({
  ...common,
  publicDir: false,
  plugins: [page],
  build: {
    outDir: here('../python/src/finite_width/static'),
    emptyOutDir: true,
    target: 'es2023',
    lib: { entry: here('src/widget/widget.ts'), formats: ['es'], fileName: () => 'widget.js' },
    chunkSizeWarningLimit: 3000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
