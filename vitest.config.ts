import { defineConfig } from 'vitest/config';

const PAGES = 'test/explorer/**/*.test.ts';

// Tests import `#src/…`, which package.json maps to the built files: what is tested is what ships, worker
// threads included. Those of the page come first and alone, as one of them counts its long tasks; the rest on
// two workers.
export default defineConfig({
  test: {
    testTimeout: 180_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'page', include: [PAGES], maxWorkers: 1, sequence: { groupOrder: 0 } } },
      {
        extends: true,
        test: {
          name: 'core',
          include: ['test/**/*.test.ts'],
          exclude: [PAGES],
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
