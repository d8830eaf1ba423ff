import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { docsPage } from './build/docsPage.js';
import { equations } from './build/equations.js';
import { fontsInUse } from './build/fontsInUse.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** What lies beside the page: the theory as a page (the digits are in public/). */
function companions(): Plugin {
  return {
    name: 'companions',
    apply: 'build',
    generateBundle() {
      const source = docsPage(readFileSync(here('../docs/theory.md'), 'utf8'));
      this.emitFile({ type: 'asset', fileName: 'docs/theory.html', source });
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react(), equations(), companions(), fontsInUse()],
  resolve: { alias: { 'finite-width/browser': here('../dist/browser.js') } },
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { checks: { bundlerTimings: false } },
  },
});
