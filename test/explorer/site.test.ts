import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../support.js';
import { executable } from './browser.js';

const site = join(root, 'site/dist');
const built = existsSync(join(site, 'index.html'));
/** Where a missing site is a failure. */
const required = process.env.FINITE_WIDTH_NEEDS_SITE === '1';
const FOLDER = '/somewhere/below/';
const SOON = { timeout: 60_000 };
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

it.runIf(required)('finds a built site where one is required', () => {
  expect(built, 'run node site/build.js').toBe(true);
});

describe.skipIf(executable === undefined || !built)('the site', { timeout: 300_000 }, () => {
  let server: Server;
  let browser: Browser;
  let address = '';
  beforeAll(async () => {
    // As any host serves it, and not at its root.
    server = createServer(({ url = '' }, response) => {
      const { pathname } = new URL(url, 'http://host');
      const file = join(site, pathname.replace(FOLDER, '/'));
      const found = pathname.startsWith(FOLDER) && existsSync(file) && extname(file) !== '';
      response.writeHead(found ? 200 : 404, {
        'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      });
      response.end(found ? readFileSync(file) : undefined);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${FOLDER}`;
    browser = await chromium.launch({ executablePath: executable as string, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function open(path: string, width = 1280): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage({ viewport: { width, height: 844 } });
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('response', (response) => {
      if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(address) && !/^(data|blob):/.test(request.url()))
        complaints.push(`asked ${request.url()}`);
    });
    await page.goto(address + path);
    return { page, complaints };
  }

  it('has the explorer live in its home, from a folder of any host', async () => {
    const { page, complaints } = await open('index.html');
    await page.locator('.frame').scrollIntoViewIfNeeded();
    const explorer = page.frameLocator('iframe');
    await explorer.getByTestId('facts').getByText('· solved ·').waitFor(SOON);
    expect(await explorer.locator('#kernels canvas').count()).toBe(5);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('computes the figures of its tutorial, which follow their controls', async () => {
    const { page, complaints } = await open('docs/tutorial.html');
    for (const name of ['prior', 'reweigh', 'correlation', 'adapt', 'widths']) {
      const figure = page.locator(`[data-figure=${name}]`);
      await figure.scrollIntoViewIfNeeded();
      await figure
        .locator('svg path, canvas')
        .first()
        .waitFor({ ...SOON, state: 'attached' });
    }
    const number = async (name: string, pattern: RegExp) => {
      const caption = page.locator(`[data-figure=${name}] figcaption`);
      return Number(pattern.exec((await caption.textContent()) ?? '')?.[1]);
    };
    // Fluctuations of order 1/√N: from width 10 to 20, and standard errors of 6000 draws below one per cent.
    const deviation = () => number('prior', /deviation (\d\.\d+)/);
    const before = await deviation();
    await page.locator('[data-figure=prior] input').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(deviation, SOON).toBeLessThan(0.9 * before);
    expect((await deviation()) / before).toBeCloseTo(Math.SQRT1_2, 1);
    // Targets of opposite signs favour networks that tell points apart, equal ones those that do not.
    const moved = () => number('reweigh', /to (-?\d\.\d+)/);
    const alike = await moved();
    expect(alike).toBeGreaterThan(await number('reweigh', /from (-?\d\.\d+)/));
    await page.locator('[data-figure=reweigh] input').first().focus();
    await page.keyboard.press('Home');
    await expect.poll(moved, SOON).toBeLessThan(await number('reweigh', /from (-?\d\.\d+)/));
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('fits phones', async () => {
    for (const path of [
      'index.html',
      'docs/tutorial.html',
      'docs/validity.html',
      'gallery.html',
      'start.html',
    ]) {
      const { page, complaints } = await open(path, 390);
      await page.locator('h1').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(390);
      expect(complaints).toEqual([]);
      await page.close();
    }
  });
});
