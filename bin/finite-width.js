#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = (name) => new URL(`../dist/cli/${name}.js`, import.meta.url);
if (existsSync(entry('main'))) {
  // Before all else: a signal may come while the rest is loaded.
  const { endInterrupted, heedSignals, signalled } = await import(entry('interruption').href);
  const [, { main }] = await Promise.all([heedSignals(), import(entry('main').href)]);
  const status = await main(process.argv.slice(2));
  if (signalled() !== undefined) await endInterrupted(() => undefined);
  process.exitCode = status;
} else {
  process.stderr.write('finite-width is not built yet: run `npm ci` (or `npm run build`) first\n');
  process.exitCode = 2;
}
