import { defineConfig } from 'vitest/config';

// Tests import `#src/…`, which package.json maps to the built files: what is tested is what ships, worker threads included.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 60_000 },
});
