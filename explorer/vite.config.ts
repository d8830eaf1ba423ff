import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { docsPage } from './build/docsPage.js';

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

/** Alphabets that no formula of the page uses. */
const UNUSED = /@font-face\{[^}]*KaTeX_(?:Fraktur-|SansSerif-|Script-|Typewriter-|[A-Za-z]+-Bold)[^}]*\}/g;
const LEGACY = /,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\([^)]*\)/g;

/** Leaves of the fonts of formulas those that the page uses, in the one form that every browser with SIMD reads. */
function fontsInUse(): Plugin {
  return {
    name: 'fonts-in-use',
    enforce: 'pre',
    transform(code, id) {
      if (!/katex[^/]*\.css/.test(id)) return undefined;
      return { code: code.replace(UNUSED, '').replace(LEGACY, ''), map: null };
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react(), companions(), fontsInUse()],
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
