import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { loadData } from '#src/datasets/loadData.js';
import { readNpz, writeNpz } from '#src/formats/npz.js';
import { portableCompute } from '#src/numerics/compute.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem } from '#src/problem/createProblem.js';
import { parseProblem } from '#src/problem/schema.js';
import { evidenceErrorOf } from '#src/theories/evidenceError.js';
import { solveWith } from '#src/theories/solve.js';
import { seriation } from '../../explorer/src/engine/seriation.js';
import { withError } from '../../explorer/src/ui/number.js';
import { run, temporaryFolder } from '../cli/run.js';
import { ExplorerPages, executable, required, solved } from './browser.js';

const small = '#source=xor&samples=16&dimension=6&weightVariance=1.5&biasVariance=0.05';
const SOON = { timeout: 60_000 };
const pages = new ExplorerPages();
const slider = (page: Page, name: string) => page.locator(`input[type=range][name=${name}]`);
/** Moves a slider as a hand would: with the keys of the focused control. */
async function nudge(page: Page, name: string, key = 'ArrowRight'): Promise<void> {
  await slider(page, name).focus();
  await page.keyboard.press(key);
}
const hashOf = (page: Page) => new URLSearchParams(new URL(page.url()).hash.slice(1));
const shownCka = async (page: Page) => (await page.getByTestId('cka').textContent())?.trim() ?? '';
const facts = (page: Page) => page.getByTestId('facts');

it.runIf(required)('finds a Chromium where one is required', () => {
  expect(executable, 'install chromium, or name one in CHROMIUM').toBeDefined();
});

it('sorts points of a class so that those that are alike are neighbours', () => {
  const [size, random] = [24, RandomStream.fromSeed(1)];
  // Points on a line in each of two classes, in random order.
  const place = Array.from({ length: size }, (_, i) => Math.floor(i / 2) / (size / 2));
  const shuffled = Array.from(random.permutation(size), (i) => ({
    y: i % 2 === 0 ? 1 : -1,
    place: place[i],
  }));
  const targets = Float64Array.from(shuffled, ({ y }) => y);
  const kernel = Float64Array.from({ length: size * size }, (_, k) => {
    const [a, b] = [shuffled[Math.floor(k / size)], shuffled[k % size]];
    return a.y * b.y + Math.exp(-3 * (a.place - b.place) ** 2);
  });
  const order = Array.from(seriation(kernel, targets, size, 1), (i) => shuffled[i]);
  expect(order.map(({ y }) => y)).toEqual([...Array(size / 2).fill(1), ...Array(size / 2).fill(-1)]);
  for (const half of [order.slice(0, size / 2), order.slice(size / 2)]) {
    const places = half.map((sample) => sample.place);
    const rising = places.toSorted((a, b) => a - b);
    expect([rising, rising.toReversed()]).toContainEqual(places);
  }
});

describe.skipIf(executable === undefined)('the explorer', { timeout: 300_000 }, () => {
  let page: Page;
  let complaints: string[];
  beforeAll(async () => {
    await pages.start();
    ({ page, complaints } = await pages.open(small));
  });
  afterAll(() => pages.stop());
  afterEach(() => expect(complaints.splice(0)).toEqual([]));
  /** Another setup on the same page, as links on it would. */
  const visit = async (hash: string, theory?: string) => {
    await page.evaluate((to) => {
      location.hash = to;
    }, hash);
    await solved(page, theory);
  };

  const csv = (rows: number, columns = 2) => {
    const inputs = Array.from({ length: columns }, (_, k) => (k < 2 ? 'ab'[k] : `x${k}`));
    const line = (i: number) =>
      [...inputs.map((_, k) => Math.sin(7 * i + k * k)), i % 2 === 0 ? 1 : -1].join();
    return `${[...inputs, 'y'].join()}\n${Array.from({ length: rows }, (_, i) => line(i)).join('\n')}\n`;
  };
  const drop = (page: Page, name: string, text: string) =>
    page.evaluate(
      ([file, content]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([content], file));
        window.dispatchEvent(
          new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true }),
        );
      },
      [name, text] as const,
    );

  it('opens on digits that align, above the fold, in less than 400 kB of JavaScript, and opens again without a network', async () => {
    const opened = await pages.open('', { viewport: { width: 1280, height: 800 } });
    const first = opened.page;
    await solved(first);
    expect(await first.getByTestId('sees').textContent()).toMatch(
      /^Images of 0 and of 3.*Make it 2000 neurons wide$/,
    );
    for (const part of [
      first.locator('#kernels canvas').last(),
      first.locator('#alignment svg'),
      first.locator('.sees .action'),
    ]) {
      const box = await part.boundingBox();
      expect((box?.y ?? 1e9) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
    }
    const cka = Number(/perturbative (\S+)/.exec(await shownCka(first))?.[1]);
    const infinite = Number(
      /infinite width (\S+)/.exec((await first.locator('#alignment .key').textContent()) ?? '')?.[1],
    );
    expect(cka).toBeGreaterThan(infinite + 0.05);
    const scripts = opened.responses.filter((response) => response.url().endsWith('.js'));
    const bodies = new Map(
      await Promise.all(scripts.map(async (response) => [response.url(), await response.body()] as const)),
    );
    const bytes = [...bodies.values()].map((body) => gzipSync(body).length);
    expect([...bodies.keys()].some((url) => /worker.*\.js$/.test(url))).toBe(true);
    expect(bytes.length).toBeGreaterThan(5);
    expect(bytes.reduce((sum, count) => sum + count, 0)).toBeLessThan(400_000);
    // Pages before this one may have filled the cache already: it is also asked who answers this one, and for
    // the page itself.
    const ready = () =>
      first.evaluate(async () => {
        const cache = await caches.open('finite-width');
        const assets = (await cache.keys()).filter(({ url }) =>
          /worker|equations|index|digits/.test(url),
        ).length;
        const kept = (await cache.match(location.href, { ignoreSearch: true })) !== undefined;
        return kept && navigator.serviceWorker.controller?.state === 'activated' && assets >= 13;
      });
    await expect.poll(ready, SOON).toBe(true);
    await first.context().setOffline(true);
    await first.reload();
    await solved(first);
    await first.getByLabel('digit, y = +1').selectOption('7');
    await facts(first).getByText('MNIST digits 7, 3').waitFor();
    expect(opened.complaints).toEqual([]);
    await first.close();
  });

  it('shows every view, painted, named, explained and without violations of axe in both themes', async () => {
    await solved(page);
    for (const title of [
      /^Kernels/,
      /^Alignment/,
      /^The narrower/,
      /^Spectrum/,
      /^Live networks/,
      /^Order, chaos/,
      /^What the net/,
      /^What the data/,
      /^The prior/,
    ])
      await page.getByRole('heading', { name: title }).waitFor();
    await page.locator('#slice canvas').first().waitFor(SOON);
    await page.locator('#pair svg').waitFor(SOON);
    await expect.poll(() => page.locator('.katex').count(), SOON).toBeGreaterThan(8);
    // Every equation fits its place, on a phone too, whose fonts come after the equations.
    const phone = await pages.open(small, { viewport: { width: 390, height: 844 } });
    await expect.poll(() => phone.page.locator('.katex').count(), SOON).toBeGreaterThan(8);
    await phone.page.evaluate(() => document.fonts.ready);
    for (const shown of [phone.page, page]) {
      const fits = () =>
        shown
          .locator('.equation')
          .evaluateAll((all) => all.every((place) => place.scrollWidth <= place.clientWidth + 1));
      await expect.poll(fits, SOON).toBe(true);
      const [inner, outer] = await shown.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      expect(inner).toBeLessThanOrEqual(outer);
    }
    expect(phone.complaints).toEqual([]);
    await phone.page.close();
    const shades = await page
      .locator('canvas.heatmap')
      .first()
      .evaluate((canvas: HTMLCanvasElement) => {
        const { data } = (canvas.getContext('2d') as CanvasRenderingContext2D).getImageData(
          0,
          0,
          canvas.width,
          canvas.height,
        );
        return new Set(Array.from({ length: data.length / 4 }, (_, k) => data.slice(4 * k, 4 * k + 4).join()))
          .size;
      });
    expect(shades).toBeGreaterThan(50);
    const links = await page
      .locator('.says a')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    const html = await (await fetch(links[0])).text();
    for (const link of links) expect(html).toContain(`id="${new URL(link).hash.slice(1)}"`);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(colorScheme === 'dark' ? 'rgb(15, 18, 24)' : 'rgb(243, 245, 248)');
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 160)}`)).toEqual([]);
    }
  });

  it('shows the numbers of the library', async () => {
    await visit(`${small}&weightVariance=1.3&biasVariance=0.1`);
    const spec = parseProblem({
      data: { dataset: 'xor', samples: 16, testSamples: 16, dimension: 6, noise: 1, seed: 0 },
      network: { hiddenLayers: 2, width: 50, activation: 'erf', weightVariance: 1.3, biasVariance: 0.1 },
      noiseVariance: 0.1,
    });
    const data = await loadData(spec.data, {
      memory: 1e9,
      bytes: () => Promise.reject(),
      digits: () => Promise.reject(),
    });
    const problem = createProblem({ data, network: spec.network, noiseVariance: spec.noiseVariance });
    const posterior = await solveWith(problem, 'perturbative', portableCompute(), {
      samples: 1024,
      fourPoint: 'sampled',
    });
    await expect
      .poll(() => shownCka(page), SOON)
      .toContain(`perturbative ${withError(posterior.alignment()[2], posterior.uncertainty?.cka[2])}`);
    expect(await facts(page).textContent()).toContain(
      `ln p(Y|X) ${withError(posterior.logEvidence, posterior.uncertainty?.evidence)}`,
    );
    // What the theory leaves out, beside the evidence; of infinite width it is the difference to the first
    // order.
    const size = (x: number | undefined) => `(left out of it: ${Number(x?.toPrecision(2))})`;
    await facts(page).getByText(size(posterior.evidenceError)).waitFor();
    await page.locator('#slice[aria-busy=false]').waitFor({ timeout: 60_000 });
    // A single entry, read with the keys: in all maps, with targets, outputs and every layer.
    await page.locator('#kernels canvas.heatmap').nth(2).focus();
    await page.keyboard.press('ArrowRight');
    const reading = await page.locator('#kernels .reading').textContent();
    const [, row, output, column, values] =
      /points (\d+) \(y = [^,]+, output (\S+)\) and (\d+) .*adapted \S+, \S+, (\S+); infinite/.exec(
        reading ?? '',
      ) ?? [];
    expect(Number(values)).toBeCloseTo(posterior.kernels[2].data[Number(row) * 16 + Number(column)], 4);
    expect(Number(output.replace('−', '-'))).toBeCloseTo(posterior.trainMean().data[Number(row)], 2);
    expect(await page.locator('.cross.across').count()).toBe(await page.locator('canvas.heatmap').count());
    await expect.poll(() => page.locator('.sample.read').count(), SOON).toBe(2);
    const nngp = await solveWith(problem, 'nngp', portableCompute());
    await page.getByLabel('theory', { exact: true }).selectOption('nngp');
    await facts(page)
      .getByText(
        `ln p(Y|X) ${nngp.logEvidence.toFixed(4)} ${size(await evidenceErrorOf(nngp, portableCompute()))}`,
      )
      .waitFor();
  });

  it('follows every control, its address follows it, and a link reproduces it', async () => {
    await visit(small);
    const names = [
      'samples',
      'dimension',
      'noise',
      'layers',
      'width',
      'weightVariance',
      'biasVariance',
      'featureScale',
      'noiseVariance',
    ];
    for (const name of names) {
      const before = hashOf(page).get(name);
      await nudge(page, name);
      await page.waitForFunction(
        ([key, was]) => new URLSearchParams(location.hash.slice(1)).get(key as string) !== was,
        [name, before],
      );
    }
    await page.getByLabel('activation φ', { exact: true }).selectOption('tanh');
    await page.getByLabel('theory', { exact: true }).selectOption('linearResponse');
    await solved(page, 'linearResponse');
    await page.getByLabel('data set').selectOption('ising');
    await facts(page).getByText(/Ising/i).waitFor();
    await page.getByLabel('data set').selectOption('teacher');
    await facts(page)
      .getByText(/teacher/i)
      .waitFor();
    await page.waitForFunction(
      () => location.hash.includes('source=teacher') && location.hash.includes('activation=tanh'),
    );
    await solved(page, 'linearResponse');
    const [link, cka] = [page.url(), await shownCka(page)];
    const again = await pages.open(new URL(link).hash);
    await solved(again.page, 'linearResponse');
    await expect.poll(() => shownCka(again.page), SOON).toBe(cka);
    await again.page.close();
    await page.goBack();
    await expect.poll(() => page.getByLabel('data set').inputValue(), SOON).not.toBe('teacher');
    await page.goForward();
    await expect.poll(() => page.getByLabel('data set').inputValue(), SOON).toBe('teacher');
    await page.evaluate(() => {
      location.hash = 'samples=-4&colour=blue&width=infinite&labels=perhaps';
    });
    await page.getByText('samples=-4, colour=blue, labels=perhaps, which makes no sense here').waitFor();
  });

  it('tells six stories, each a click and a sentence, without empty cards', async () => {
    await visit(small);
    for (const [title, sentence] of [
      ['Digits align', 'Images of 0 and of 3'],
      ['Rich scaling', 'scaled down by γ'],
      ['A symmetry forbids learning', 'it is odd'],
      ['N → ∞ freezes', 'of order 1/N'],
      ['Edge of chaos', 'Eight layers deep'],
    ]) {
      await page.getByRole('button', { name: title }).click();
      await page.getByTestId('sees').getByText(sentence).waitFor();
    }
    // Infinite width, nine maps, and no card that has nothing to show.
    await solved(page, 'nngp');
    await page.getByText('views of what the data ask').waitFor();
    expect(await page.locator('#kernels canvas.heatmap').count()).toBe(9);
    const grid = page.locator('#kernels .grid');
    const [inner, outer] = await grid.evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(inner).toBeLessThanOrEqual(outer);
    expect(await page.locator('#networks, #conjugates, #pair, #widths').count()).toBe(0);
    await expect.poll(() => page.locator('.card .empty').count(), SOON).toBe(0);
    await page.getByRole('button', { name: 'Step into chaos' }).click();
    await page
      .locator('#phase')
      .getByText(/^chaotic: χ = /)
      .waitFor();
    await expect.poll(() => Number(hashOf(page).get('weightVariance')), SOON).toBe(4);
    await page.getByRole('button', { name: 'Convolution sees more' }).click();
    await page.getByRole('table').getByText('ln p(Y|X)').waitFor(SOON);
    await solved(page, 'nngp');
    const row = await page.getByRole('row', { name: /^ln p/ }).getByRole('cell').allTextContents();
    expect(Number(row[0])).toBeGreaterThan(Number(row[1]) + 1);
    expect(Number(row[2])).toBeCloseTo(Number(row[0]) - Number(row[1]), 2);
    expect(await page.locator('#kernels .row-name').allTextContents()).toEqual(['infinite width', 'pinned']);
    await page.getByRole('button', { name: 'Unpin' }).click();
    expect(await page.getByRole('table').count()).toBe(0);
  });

  it('guides through four steps that can be skipped', async () => {
    await page.getByRole('button', { name: 'Tour in four steps' }).click();
    const step = page.getByRole('region', { name: 'Tour' });
    for (const [number, place] of [
      ['1 of 4', 'kernels'],
      ['2 of 4', 'alignment'],
      ['3 of 4', 'setup'],
    ]) {
      await step.getByText(number).waitFor();
      await page.locator(`#${place}.toured`).waitFor();
      await step.getByRole('button', { name: 'Next' }).click();
    }
    await page.keyboard.press('Escape');
    expect(await step.count()).toBe(0);
    expect(await page.locator('.toured').count()).toBe(0);
  });

  it('names whose results it shows, dims old ones, and lets go of what takes long', async () => {
    await visit(`${small}&width=80`);
    const adapted = await page
      .locator('#kernels canvas')
      .last()
      .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL());
    expect(await facts(page).textContent()).toContain('2 erf layers of width 80');
    await page.evaluate(() => {
      location.hash = `${location.hash}&samples=120&layers=4&theory=multiscale`;
    });
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await page.getByText(/^\d+ %/).waitFor();
    // Until there are new kernels the old ones stand under the old name, dimmed.
    const state = () =>
      page.evaluate(() => [
        document.querySelector('#kernels .view')?.classList.contains('stale'),
        document.querySelector('[data-testid=facts]')?.textContent?.includes('2 erf layers'),
        document.querySelectorAll('#kernels canvas').length,
      ]);
    const [stale, old, maps] = await state();
    expect(stale).toBe(old);
    if (stale) expect(maps).toBe(5);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('Cancelled.').waitFor();
    await page.waitForTimeout(600);
    expect(await page.locator('.progress progress').count()).toBe(0);
    await page.getByRole('button', { name: 'Compute it' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor();
    await visit(`${small}&width=80`);
    await expect
      .poll(
        () =>
          page
            .locator('#kernels canvas')
            .last()
            .evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL()),
        SOON,
      )
      .toBe(adapted);
    await expect.poll(() => page.locator('.stale').count(), SOON).toBe(0);
  });

  it('compares with a pinned setup, and plays', async () => {
    await visit(small);
    await page.getByRole('button', { name: 'Pin to compare' }).click();
    await nudge(page, 'biasVariance', 'PageUp');
    await page.getByText(/^Pinned: σ_b² 0\.05$/).waitFor();
    await solved(page);
    expect(await page.locator('#kernels .row-name').allTextContents()).toEqual([
      'infinite width',
      'adapted, N = 50',
      'pinned',
    ]);
    expect(await page.locator('#alignment .key').textContent()).toContain('pinned');
    await page.getByText('what changed').click();
    expect(await page.locator('#kernels .row-name').allTextContents()).toEqual([
      'adapted − infinite',
      'now − pinned',
    ]);
    await page.getByLabel('kernels', { exact: true }).check({ force: true });
    await page.getByRole('button', { name: 'Unpin' }).click();
    await page.getByRole('button', { name: 'Play' }).click();
    for (const width of ['2000', '1000', '500'])
      await expect
        .poll(() => slider(page, 'width').getAttribute('aria-valuetext'), { ...SOON, interval: 40 })
        .toBe(width);
    await page.getByRole('button', { name: 'Pause' }).click();
    await solved(page);
  });

  it('has a point in the phase diagram that can be dragged and moved by keys', async () => {
    await visit(small);
    const handle = page.locator('.handle');
    await handle.scrollIntoViewIfNeeded();
    await page
      .locator('#phase')
      .getByText(/^(chaotic|ordered): χ = /)
      .waitFor();
    await page.locator('#phase[aria-busy=false]').waitFor(SOON);
    // The dark ridge along the edge is one piece: no islands.
    const deepest = await page.locator('#phase g[aria-label=contour] path').nth(10).getAttribute('d');
    expect(deepest?.match(/M/g)).toHaveLength(1);
    const box = await handle.boundingBox();
    if (!box) throw new Error('no handle');
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 40, y - 30, { steps: 4 });
    await page.mouse.up();
    await page.waitForFunction(() => location.hash.includes('weightVariance'));
    await expect.poll(() => Number(hashOf(page).get('weightVariance')), SOON).toBeLessThan(1.4);
    expect(Number(hashOf(page).get('biasVariance'))).toBeGreaterThan(0.06);
    await page
      .locator('#phase')
      .getByText(/^ordered: χ = /)
      .waitFor();
    const before = hashOf(page).get('weightVariance');
    await handle.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(
      (was) => new URLSearchParams(location.hash.slice(1)).get('weightVariance') !== was,
      before,
    );
    await page.getByText('feature learning').click();
    await page
      .locator('#phase')
      .getByText(/rise of CKA by linear response, \S+ \(dark\)/)
      .waitFor({ timeout: 60_000 });
  });

  it('takes own files as they are said to be, explains broken ones once, and takes a part of large ones', async () => {
    await visit(small);
    const pair = page.locator('#pair');
    await pair.scrollIntoViewIfNeeded();
    await drop(page, 'broken.csv', 'a,y\n1,2\nx,3\n');
    const alert = page.locator('.controls [role=alert]');
    await alert.getByText(/broken\.csv.*"x"/).waitFor();
    // A view that draws its own networks fails on it too, and leads to the control.
    await pair.getByText('The setup cannot be solved; its control says why.').waitFor();
    expect(await page.getByText(/"x"/).count()).toBe(1);
    await drop(page, 'picture.gif', 'GIF');
    await page.getByText('picture.gif: drop a .csv with a column of targets').first().waitFor();
    expect(await page.getByLabel('targets are').count()).toBe(1);
    await drop(page, 'grades.csv', csv(24).replace(/,-1$/gm, ',0'));
    await facts(page).getByText('classes 0 = −1, 1 = +1').waitFor();
    expect(await page.locator('[role=alert]').count()).toBe(0);
    await page.getByText('few integers are taken as 2 classes').waitFor();
    await page.getByLabel('targets are').selectOption('numbers');
    await facts(page).getByText('grades.csv, columns a, b as they are ·').waitFor();
    await page.getByText('few integers are taken as 2 classes').waitFor({ state: 'detached' });
    await page.getByLabel('inputs', { exact: true }).check();
    await page.getByLabel('targets', { exact: true }).check();
    await facts(page)
      .getByText(/inputs standardised.*targets/)
      .waitFor();
    const [inner, outer] = await page
      .locator('aside')
      .evaluate((element) => [element.scrollWidth, element.clientWidth]);
    expect(inner).toBeLessThanOrEqual(outer);
    await page.waitForFunction(() => location.hash.includes('standardizeTargets'));
    expect(Object.fromEntries(hashOf(page))).toMatchObject({
      labels: 'numbers',
      standardizeInputs: 'true',
      standardizeTargets: 'true',
    });
    await page.getByRole('button', { name: 'Copy problem.json' }).click();
    const said = { labels: 'numbers', standardize: { inputs: true, targets: true } };
    expect(JSON.parse((await page.locator('.share pre').textContent()) ?? '').data).toEqual({
      csv: 'grades.csv',
      target: 'y',
      ...said,
    });
    await page.getByLabel('targets are').selectOption('classes');
    await alert.getByText(/data\.standardize\.targets: targets are classes/).waitFor();
    await page.getByLabel('targets', { exact: true }).uncheck();
    await page.getByLabel('targets are').selectOption('auto');
    // Labels as texts, missing values and semicolons are read, or refused, as by the core.
    await drop(
      page,
      'texts.csv',
      csv(20).replaceAll(',', ';').replace(/;-1$/gm, ';no').replace(/;1$/gm, ';yes'),
    );
    await facts(page).getByText('classes no = −1, yes = +1').waitFor();
    await drop(page, 'empty.csv', '');
    await alert.getByText(/^empty\.csv/).waitFor();
    await drop(page, 'gap.csv', csv(20).replace(/^[^,a]+,/m, ','));
    await alert.getByText('gap.csv line 2, column "a": "" is not a finite number; fill it in').waitFor();
    await drop(page, 'large.csv', csv(2000, 50));
    await page.getByText('100 of 2000 data points are taken').waitFor(SOON);
    expect(await page.getByRole('button', { name: 'Take all 2000 here too' }).count()).toBe(1);
    await page.getByLabel('theory', { exact: true }).selectOption('nngp');
    await solved(page, 'nngp');
    expect(await facts(page).textContent()).toContain('100 of the 2000 points of large.csv');
    expect(await facts(page).textContent()).toContain('(50 in all)');
    await page.getByLabel('points taken', { exact: true }).selectOption('300');
    await facts(page).getByText('300 of the 2000 points of large.csv').waitFor(SOON);
    const choose = (name: string, bytes: Uint8Array) =>
      page
        .locator('input[type=file]')
        .setInputFiles({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) });
    const matrix = (rows: number, columns: number) => ({
      rows,
      columns,
      data: Float64Array.from({ length: rows * columns }, (_, k) => Math.sin(k * k + 1)),
    });
    await choose('mine.npz', writeNpz({ X: matrix(14, 3), Y: matrix(14, 1) }));
    await facts(page).getByText('mine.npz').waitFor();
    await choose('half.npz', writeNpz({ X: matrix(14, 3) }));
    await alert.getByText('half.npz: array Y is missing; the file holds X').waitFor();
  });

  it('says what a browser lacks', async () => {
    const without = await pages.open(small, {}, () => Reflect.deleteProperty(globalThis, 'WebAssembly'));
    await without.page.getByText('This browser lacks WebAssembly.').waitFor();
    expect(without.complaints).toEqual([]);
    await without.page.close();
    const other = await pages.open(small, {}, () => Reflect.deleteProperty(globalThis, 'Worker'));
    await other.page.getByText('This browser lacks web workers.').waitFor();
    expect(other.complaints).toEqual([]);
    await other.page.close();
  });

  it('takes a formula, and explains a wrong one beside it', async () => {
    await visit(small);
    await page.getByLabel('activation φ', { exact: true }).selectOption('formula');
    await page.getByLabel('φ(x) =').fill('max(x, ');
    await page
      .locator('.controls .error')
      .getByText(/formula "max\(x, "/)
      .waitFor();
    await page.getByLabel('φ(x) =').fill('x*sigmoid(x)');
    await expect.poll(() => page.locator('.controls .error').count(), SOON).toBe(0);
    await solved(page);
    const formula = await shownCka(page);
    await page.getByLabel('activation φ', { exact: true }).selectOption('silu');
    await page.waitForFunction(() => location.hash.includes('activation=silu'));
    await solved(page);
    const value = (text: string) => Number(/perturbative (\S+)/.exec(text)?.[1]);
    await expect
      .poll(async () => Math.abs(value(await shownCka(page)) - value(formula)), SOON)
      .toBeLessThan(0.004);
  });

  it('is quick: pictures, no task of 50 ms, and no memory of what was moved', async () => {
    const measure = () =>
      pages.traced(async () => {
        const opened = await pages.open('');
        await solved(opened.page);
        await nudge(opened.page, 'weightVariance');
        await opened.page.waitForTimeout(300);
        await solved(opened.page);
        await opened.page.close();
      });
    // Processor time, for on a busy machine tasks also wait for a core; what else runs, in the same caches
    // and under the same clock, can only add to it: the shorter of two measurements is the nearer one.
    let { longestTask, until } = await measure();
    if (longestTask >= 50 || until.infinite >= 1000 || until.picture >= 1500) {
      const again = await measure();
      longestTask = Math.min(longestTask, again.longestTask);
      until = {
        infinite: Math.min(until.infinite, again.until.infinite),
        picture: Math.min(until.picture, again.until.picture),
      };
    }
    expect(longestTask).toBeGreaterThan(1);
    expect(longestTask).toBeLessThan(50);
    expect(until.infinite).toBeGreaterThan(50);
    expect(until.infinite).toBeLessThan(1000);
    expect(until.picture).toBeGreaterThan(until.infinite);
    expect(until.picture).toBeLessThan(1500);
    await visit(`${small}&theory=nngp`, 'nngp');
    const session = await page.context().newCDPSession(page);
    const used = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    await slider(page, 'weightVariance').focus();
    const move = async (times: number) => {
      for (let k = 0; k < times; k++) {
        await page.keyboard.press(k % 2 === 0 ? 'ArrowRight' : 'ArrowLeft');
        await page.waitForTimeout(60);
      }
      await solved(page, 'nngp');
    };
    await move(10);
    const before = await used();
    await move(40);
    expect((await used()) - before).toBeLessThan(2e6);
  });

  it('samples networks until it is stopped', async () => {
    await visit(`${small}&samples=8&width=10`);
    await page.getByRole('button', { name: 'Sample networks' }).click();
    const state = page.getByTestId('sampling');
    await state.getByText(/^[1-9]\d* networks; /).waitFor({ timeout: 60_000 });
    await page.locator('#networks canvas.heatmap').first().waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await state.getByText('(stopped)').waitFor();
    const then = await state.textContent();
    await page.waitForTimeout(700);
    expect(await state.textContent()).toBe(then);
    await page.getByRole('button', { name: 'Sample again' }).click();
    await state.getByText(/^1600 networks; R̂/).waitFor({ timeout: 60_000 });
    expect(await page.locator('#networks .key').textContent()).toMatch(/networks 0\.\d+ ± 0\.\d+/);
  });

  it('gives setups and figures away: commands that run, lines of Python, pictures, numbers', async () => {
    await visit(small);
    const copied = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).click();
      return (await page.locator('.share pre').textContent()) ?? '';
    };
    const folder = temporaryFolder();
    const command = await copied('Copy command');
    const [, json, theory] =
      /^printf '%s\\n' '(.*)' > problem\.json && npx finite-width solve problem\.json (.*)$/.exec(command) ??
      [];
    writeFileSync(join(folder, 'problem.json'), json);
    const { status, stderr } = run(folder, ['solve', 'problem.json', ...theory.split(' '), '--out', 'page']);
    expect([status, stderr]).toEqual([0, '']);
    const { cka, ckaStandardError } = JSON.parse(readFileSync(join(folder, 'page/result.json'), 'utf8'));
    expect(await shownCka(page)).toBe(`perturbative ${withError(cka[2], ckaStandardError?.[2])}`);
    expect(await copied('Copy Python')).toContain(
      'data = fw.dataset("xor", samples=16, dimension=6, noise=1, seed=0, test_samples=16)',
    );
    expect(await copied('Cite')).toContain('arXiv:2405.10761');
    expect(parseProblem(JSON.parse(await copied('Copy problem.json'))).network.hiddenLayers).toBe(2);
    const saved = async (figure: string, kind: string) => {
      await page.getByLabel(`Save ${figure}`).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.locator(`#${figure} .save`).getByRole('button', { name: kind }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(`${figure}.${kind.toLowerCase()}`);
      return readFileSync(await download.path());
    };
    const svg = (await saved('kernels', 'SVG')).toString();
    expect(svg.match(/<image /g)).toHaveLength(5);
    expect(svg).toContain('>layer 1</text>');
    expect(svg).not.toMatch(/var\(--|currentColor/);
    expect((await saved('alignment', 'PNG')).subarray(1, 4).toString()).toBe('PNG');
    const [head, first] = (await saved('alignment', 'CSV')).toString().split('\n');
    expect(head).toBe(
      'infinite width,infinite width error,adapted,adapted error,pinned,pinned error,networks,networks error',
    );
    expect(Number(first.split(',')[0])).toBeCloseTo(cka[0], 8);
    const arrays = readNpz(await saved('kernels', 'npz'), 'kernels.npz');
    expect(arrays.get('adapted, N = 50 2')?.shape).toEqual([16, 16]);
  });
});
