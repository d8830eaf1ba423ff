import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { type Browser, chromium, type Page, type Response } from 'playwright-core';
import { serveFolder } from '#src/io/staticServer.js';
import { root } from '../support.js';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** A Chromium of this machine; undefined where there is none, and the page cannot be tested. */
export const executable = [process.env.CHROMIUM ?? '', ...PLACES].find(
  (path) => path !== '' && existsSync(path),
);

/** Where a missing Chromium is a failure. */
export const required = process.env.FINITE_WIDTH_NEEDS_CHROMIUM === '1';

export interface Opened {
  readonly page: Page;
  /** what the console of the page said that is no mere note, and errors nobody caught */
  readonly complaints: string[];
  /** everything that was loaded */
  readonly responses: Response[];
}

/** The built page, served as `finite-width explore` does, in headless Chromium. */
export class ExplorerPages {
  private browser: Browser | undefined;
  private server: Server | undefined;
  address = '';

  async start(): Promise<void> {
    const { server, address } = await serveFolder(join(root, 'explorer/dist'), 0);
    this.server = server;
    this.address = address;
    this.browser = await chromium.launch({ executablePath: executable as string, args: ['--no-sandbox'] });
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** @param before runs in the page before any of its own scripts */
  async open(
    hash = '',
    options: Parameters<Browser['newPage']>[0] = {},
    before?: () => void,
  ): Promise<Opened> {
    if (!this.browser) throw new Error('not started');
    const context = await this.browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    // Where the browser goes at the same time there is no context left to close.
    page.once('close', () => void context.close().catch(() => {}));
    if (before) await page.addInitScript(before);
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const { protocol, host } = new URL(request.url());
      if (protocol.startsWith('http') && host !== new URL(this.address).host)
        complaints.push(`asked ${request.url()}`);
    });
    const responses: Response[] = [];
    page.on('response', (response) => responses.push(response));
    await page.goto(`${this.address}${hash}`);
    return { page, complaints, responses };
  }

  /** What the page took while it did something, in milliseconds of processor time. */
  async traced(action: () => Promise<void>): Promise<Traced> {
    if (!this.browser) throw new Error('not started');
    await this.browser.startTracing(undefined, { categories: ['toplevel', 'blink.user_timing'] });
    await action();
    const { traceEvents } = JSON.parse((await this.browser.stopTracing()).toString()) as {
      traceEvents: TraceEvent[];
    };
    const mark = (wanted: string) => {
      const found = traceEvents.find(({ name, cat }) => name === wanted && cat.includes('user_timing'));
      if (!found) throw new Error(`the page said nothing of its ${wanted}`);
      return found;
    };
    const own = mark('setup');
    const tasks = traceEvents.filter(({ pid, name }) => pid === own.pid && name.endsWith('RunTask'));
    const until = ({ ts }: TraceEvent) =>
      tasks.reduce((sum, task) => (task.ts < ts ? sum + (task.tdur ?? 0) / 1000 : sum), 0);
    const longestTask = tasks
      .filter(({ tid }) => tid === own.tid)
      .reduce((longest, { tdur = 0 }) => Math.max(longest, tdur / 1000), 0);
    return { longestTask, until: { infinite: until(mark('infinite')), picture: until(mark('picture')) } };
  }
}

export interface Traced {
  /** of the page's own thread */
  readonly longestTask: number;
  /**
   * of all threads of the page together, workers and compilers among them, until its first kernels and its
   * first adapted ones: what one core would take, without the network
   */
  readonly until: { readonly infinite: number; readonly picture: number };
}

/** As Chromium traces write them; times in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly tdur?: number;
}

/** Waits until the page has solved what it was asked. */
export async function solved(page: Page, theory = 'perturbative'): Promise<void> {
  await page.getByTestId('facts').getByText(`· ${theory} `).waitFor({ timeout: 60_000 });
  await page.locator('#kernels[aria-busy=false]').waitFor({ timeout: 60_000 });
}
