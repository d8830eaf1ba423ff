#!/usr/bin/env node
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';

// Node 22 and later keep what they compiled for the next run.
nodeModule.enableCompileCache?.();

const entry = (name) => new URL(`../dist/program/${name}.js`, import.meta.url);
if (!existsSync(entry('main'))) {
  process.stderr.write('finite-width is not built yet: run `npm ci` (or `npm run build`) first\n');
  process.exitCode = 2;
} else if (process.argv.length === 3 && ['--version', '-V'].includes(process.argv[2])) {
  const { sayVersion } = await import(entry('sayVersion').href);
  process.exitCode = await sayVersion();
} else if (await cannotStart()) {
  process.exitCode = 2;
} else {
  // Before all else: a signal may come while the rest is loaded.
  const { endInterrupted, heedSignals, signalled } = await import(entry('interruption').href);
  const [, { main }] = await Promise.all([heedSignals(), import(entry('main').href)]);
  const status = await main(process.argv.slice(2));
  if (signalled() !== undefined) await endInterrupted(() => undefined);
  process.exitCode = status;
}

/**
 * Without address space for a thread the engine itself dies, by a signal and with pages of stack: said here
 * while there is a chance to.
 */
async function cannotStart() {
  const { addressSpaceLeft, withinAddressSpace } = await import(entry('memory').href);
  const left = addressSpaceLeft();
  if (left > 1.5e9) return false;
  process.stderr.write(
    `finite-width: ${withinAddressSpace('leaves', left, 'too little to start a thread')}\n`,
  );
  return true;
}
