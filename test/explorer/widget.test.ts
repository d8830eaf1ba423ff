import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpz } from '#src/formats/npz.js';
import { portableCompute } from '#src/numerics/compute.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { root } from '../support.js';
import { executable } from './browser.js';

const widget = join(root, 'python/src/finite_width/static/widget.js');
/**
 * What notebooks of VS Code let their cells do where they are strictest (`notebook.experimental.enableCsp`),
 * and modules from `blob:` addresses, as which anywidget loads this one everywhere.
 */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; worker-src https: data:; style-src 'self' 'unsafe-inline'; font-src data:; connect-src https:; child-src https: data:";

const NOTEBOOK = 'http://notebook.test/';
const SOON = { timeout: 60_000 };
const rows = 14;
const matrix = (columns: number, f: (k: number) => number) => ({
  rows,
  columns,
  data: Float64Array.from({ length: rows * columns }, (_, k) => f(k)),
});
const X = matrix(3, (k) => Math.sin(k * k + 1));
const Y = matrix(1, (k) => (k % 2 === 0 ? 1 : -1));
const NETWORK = { hiddenLayers: 2, activation: 'erf', weightVariance: 1.3, biasVariance: 0.1 };

/** Loads the module as anywidget does: text for the page, since what transforms tests transforms imports. */
const loading = (text: string): string => `(async () => {
  const address = URL.createObjectURL(new Blob([${JSON.stringify(text)}], { type: 'text/javascript' }));
  globalThis.widget = (await import(address)).default;
})()`;

/** Stands in for anywidget: a model whose other side is the test. Runs in the page. */
async function mount({
  state,
  npz,
  digit,
}: {
  state: Record<string, unknown>;
  npz: number[];
  digit: number[];
}) {
  const listeners = new Map<string, ((...args: unknown[]) => void)[]>();
  const view = (bytes: number[]) => new DataView(Uint8Array.from(bytes).buffer);
  const values = new Map<string, unknown>([...Object.entries(state), ['_file', view(npz)]]);
  const fire = (event: string, ...args: unknown[]) => {
    for (const listener of listeners.get(event) ?? []) listener(...args);
  };
  const model = {
    get: (name: string) => values.get(name),
    set(name: string, value: unknown) {
      const changed = values.get(name) !== value;
      values.set(name, value);
      if (changed) fire(`change:${name}`);
    },
    save_changes() {},
    send: (content: { digit: number }) => setTimeout(() => fire('msg:custom', content, [view(digit)])),
    on: (event: string, listener: (...args: unknown[]) => void) =>
      listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    off: (event: string, listener: unknown) =>
      listeners.set(
        event,
        (listeners.get(event) ?? []).filter((other) => other !== listener),
      ),
  };
  const { widget: made } = globalThis as unknown as { widget: { render(at: unknown): Promise<() => void> } };
  const end = await made.render({ model, el: document.getElementById('cell') });
  const listening = () => [...listeners.values()].reduce((sum, { length }) => sum + length, 0);
  Object.assign(globalThis, { model, end, listening });
}

type Global = {
  model: { get(name: string): never; set(name: string, value: unknown): void };
  end(): void;
  listening(): number;
};
const read = (page: Page, name: string) =>
  page.evaluate((key) => (globalThis as unknown as Global).model.get(key) as unknown, name);
const write = (page: Page, name: string, value: unknown) =>
  page.evaluate(([key, to]) => (globalThis as unknown as Global).model.set(key as string, to), [
    name,
    value,
  ] as const);

describe.skipIf(executable === undefined)('the explorer in a notebook', { timeout: 120_000 }, () => {
  let browser: Awaited<ReturnType<typeof chromium.launch>>;
  beforeAll(async () => {
    if (!existsSync(widget))
      await build({ configFile: join(root, 'explorer/vite.widget.config.ts'), logLevel: 'warn' });
    browser = await chromium.launch({ executablePath: executable as string, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());

  it('moves its variables with its controls, both ways, without a network', async () => {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.route('**/*', (route) => {
      const asked = route.request().url();
      if (asked !== NOTEBOOK) complaints.push(`asked ${asked}`);
      const body = '<!doctype html><body><div id="cell"></div></body>';
      return route.fulfill({
        contentType: 'text/html',
        body,
        headers: { 'Content-Security-Policy': POLICY },
      });
    });
    await page.goto(NOTEBOOK);
    await page.evaluate(loading(readFileSync(widget, 'utf8')));
    const setup = {
      ...NETWORK,
      layers: 2,
      width: 40,
      theory: 'perturbative',
      source: 'file',
      file: 'data.npz',
      labels: 'numbers',
    };
    const state = {
      _keys: [
        'source',
        'file',
        'labels',
        'layers',
        'width',
        'activation',
        'weightVariance',
        'biasVariance',
        'theory',
        'digits',
      ],
      ...setup,
      digits: '0,3',
      hidden_layers: setup.layers,
      weight_variance: setup.weightVariance,
      bias_variance: setup.biasVariance,
      height: 700,
    };
    const digit = [...readFileSync(join(root, 'explorer/dist/digits/1.bytes'))];
    await page.evaluate(mount, { state, npz: [...writeNpz({ X, Y })], digit });
    const frame = page.frameLocator('iframe');
    await expect
      .poll(() => read(page, 'result'), SOON)
      .toMatchObject({ converged: true, samples: 14, layers: 2 });

    // What arrives are the kernels of the library.
    const problem = createProblem({
      data: { x: X, y: Y },
      network: { ...NETWORK, width: 40 },
      noiseVariance: 0.1,
    });
    const posterior = await solveWith(problem, 'perturbative', portableCompute(), {
      samples: 2048,
      fourPoint: 'sampled',
    });
    const arrays = await page.evaluate(() => {
      const view = (globalThis as unknown as Global).model.get('_arrays') as DataView;
      return [...new Float64Array(view.buffer)];
    });
    expect(arrays).toHaveLength(6 * rows * rows);
    const adapted = posterior.kernels.flatMap(({ data }) => [...data]);
    expect(Math.max(...adapted.map((value, k) => Math.abs(value - arrays[k])))).toBeLessThan(1e-10);

    // Python moves the page, the page moves Python.
    await write(page, 'width', 300);
    await frame.locator('output', { hasText: /^300$/ }).waitFor();
    await expect
      .poll(async () => ((await read(page, 'result')) as { cka: number[] }).cka[2], SOON)
      .toBeLessThan(posterior.alignment()[2]);
    const slider = frame.locator('input[name=weightVariance]');
    await slider.focus();
    await slider.press('ArrowRight');
    await expect.poll(() => read(page, 'weight_variance'), SOON).toBe(1.35);
    // What Python changes before the page has said what moved on it, takes nothing of that back.
    await slider.press('ArrowRight');
    await write(page, 'bias_variance', 0.2);
    await expect.poll(() => read(page, 'weight_variance'), SOON).toBe(1.4);
    expect(await read(page, 'bias_variance')).toBe(0.2);
    // Of one number Python has the last word, on the page too.
    await slider.press('ArrowRight');
    await write(page, 'weight_variance', 1.1);
    await frame.locator('output', { hasText: /^1.1$/ }).waitFor();
    await page.waitForTimeout(800);
    expect(await read(page, 'weight_variance')).toBe(1.1);

    // Notebooks that move the frame in their document load it anew: with the variables as they are.
    await page.locator('iframe').evaluate((element) => {
      const cell = element.parentElement as HTMLElement;
      element.remove();
      cell.append(element);
    });
    await frame.locator('output', { hasText: /^300$/ }).waitFor();
    await frame.locator('output', { hasText: /^1.1$/ }).waitFor();
    await frame.locator('input[name=width]').press('End');
    await expect.poll(() => read(page, 'width'), SOON).toBe('infinite');
    await expect.poll(() => read(page, 'result'), SOON).toMatchObject({ theory: 'nngp' });

    // Errors arrive too; digits come through the model.
    await write(page, 'activation', 'max(x,');
    await expect
      .poll(() => read(page, 'result'), SOON)
      .toMatchObject({ error: expect.stringContaining('max(x,') });
    await write(page, 'activation', 'relu');
    await write(page, 'source', 'mnist');
    await frame.getByTestId('facts').getByText('MNIST digits 0, 3').waitFor();

    // The theme is that of the notebook, whatever the system prefers, and follows it.
    const scheme = () => frame.locator('html').evaluate((element) => getComputedStyle(element).colorScheme);
    for (const [light, expected] of [
      ['false', 'dark'],
      ['true', 'light'],
    ] as const) {
      await page.evaluate((value) => (document.body.dataset.jpThemeLight = value), light);
      await expect.poll(scheme, SOON).toBe(expected);
    }

    await write(page, 'height', 500);
    expect(await page.locator('iframe').evaluate((element) => element.clientHeight)).toBe(500);
    await page.evaluate(() => (globalThis as unknown as Global).end());
    expect(await page.evaluate(() => (globalThis as unknown as Global).listening())).toBe(0);
    expect(await page.locator('iframe').count()).toBe(0);
    expect(complaints).toEqual([]);
    await page.close();
  });
});
