import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitepress';
import { BASE } from './lib/base.js';
import { markdown } from './lib/markdown.js';
import { nav, sidebar } from './lib/navigation.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { version, description } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E" +
  "%3Crect width='8' height='8' fill='%23d55e00'/%3E%3Crect x='8' y='8' width='8' height='8' fill='%23d55e00'/%3E" +
  "%3Crect x='8' width='8' height='8' fill='%230072b2'/%3E%3Crect y='8' width='8' height='8' fill='%230072b2'/%3E%3C/svg%3E";

export default defineConfig({
  srcDir: '..',
  outDir: 'dist',
  cacheDir: 'cache',
  base: BASE,
  // The pages of the site are README-like sources where they are; only those of site/pages move up.
  rewrites: { 'site/pages/:page': ':page', 'site/generated/:page': ':page' },
  srcExclude: [
    'README.md',
    '{python,explorer,scripts,test,fonts,api,runs,paper}/**',
    'site/*.md',
    'site/generated/readme/**',
  ],
  title: 'finite-width',
  description,
  lang: 'en-GB',
  lastUpdated: false,
  head: [
    ['link', { rel: 'icon', href: ICON }],
    ['meta', { name: 'theme-color', content: '#d55e00' }],
  ],
  markdown,
  themeConfig: {
    logo: { src: ICON, alt: '' },
    nav: nav(version),
    sidebar,
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: { miniSearch: { searchOptions: { fuzzy: 0.15, prefix: true } } },
    },
    docFooter: { prev: 'Before', next: 'Next' },
    footer: {
      message: 'MIT licence. Nothing on these pages leaves your machine: figures compute in your browser.',
    },
  },
  vite: {
    resolve: { alias: { 'finite-width/browser': `${root}dist/browser.js` } },
    build: { target: 'es2022', chunkSizeWarningLimit: 1500, assetsInlineLimit: 0 },
    worker: { format: 'es' },
    logLevel: 'warn',
  },
});
