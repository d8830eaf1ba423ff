import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { explorerPage } from '../../io/explorerPage.js';
import { serveFolder } from '../../io/staticServer.js';
import { InputError } from '../../numerics/errors.js';
import { stopIfInterrupted } from '../interruption.js';
import { wholeNumber } from '../options.js';

interface Flags {
  readonly port: number;
  readonly open: boolean;
}

/** What opens an address on each system. */
const OPENERS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
  linux: ['xdg-open'],
};

/** Opens the page in the reader's browser where there is one; the address is printed in any case. */
function openPage(address: string): void {
  const [command, ...args] = OPENERS[process.platform] ?? OPENERS.linux;
  const child = spawn(command, [...args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

async function explore({ port, open }: Flags): Promise<void> {
  if (!existsSync(join(explorerPage, 'index.html')))
    throw new InputError('the explorer is not built; run `npm run build` first');
  const { server, address } = await serveFolder(explorerPage, port);
  process.stdout.write(`the explorer is at ${address} (Ctrl-C ends it)\n`);
  if (open) openPage(address);
  await new Promise<void>((resolve) => {
    stopIfInterrupted(() => {
      server.closeAllConnections();
      server.close(() => resolve());
    });
  });
}

export function exploreCommand(): Command {
  return new Command('explore')
    .description('Open the explorer: a page that computes in your browser, served to this machine alone')
    .addOption(
      new Option('--port <number>', 'port on 127.0.0.1, 0 for any')
        .argParser(wholeNumber(0, 65535))
        .default(8127),
    )
    .option('--no-open', 'print the address and open nothing')
    .action((flags: Flags) => explore(flags));
}
