import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { docsPage } from './build/docsPage.js';

const require = createRequire(import.meta.url);
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** All images of a digit, a compressed byte a pixel, or nothing without the optional package. */
function digitBytes(digit: number): Uint8Array | undefined {
  try {
    const { data } = JSON.parse(readFileSync(require.resolve(`mnist/src/digits/${digit}.json`), 'utf8')) as { data: number[] };
    return gzipSync(
      Uint8Array.from(data, (fraction) => Math.round(fraction * 255)),
      { level: 9 },
    );
  } catch {
    return undefined;
  }
}

/** What lies beside the page: digits, and the theory as a page. */
function companions(): Plugin {
  return {
    name: 'companions',
    apply: 'build',
    generateBundle() {
      for (let digit = 0; digit < 10; digit++) {
        const source = digitBytes(digit);
        if (source) this.emitFile({ type: 'asset', fileName: `digits/${digit}.bytes`, source });
      }
      const source = docsPage(readFileSync(here('../docs/theory.md'), 'utf8'));
      this.emitFile({ type: 'asset', fileName: 'docs/theory.html', source });
    },
  };
}

export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react(), companions()],
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
