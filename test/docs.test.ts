import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SAMPLES } from '#src/prior/fourPoint/fourPoint.js';
import { parseProblem } from '#src/problem/schema.js';
import { samplingSettings } from '#src/sampling/settings.js';
import { MONTE_CARLO_TOLERANCE, MOST } from '#src/solving/tilted/tiltedSamples.js';
import { memoryOf } from '#src/sweep/cost.js';
import { theories, theoryByName } from '#src/theories/registry.js';
import { DEFAULT_TOLERANCE } from '#src/theories/sharedOptions.js';
import { run } from './cli/run.js';
import { root } from './support.js';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const below = (folder: string, ending: RegExp): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name) && !/(^|\/)(node_modules|dist)\//.test(name))
    .map((name) => `${folder}/${name}`);

const pages = ['README.md', 'CHANGELOG.md', 'bench/README.md', ...below('docs', /\.md$/)];
const sources = ['src', 'test', 'explorer', 'bench', 'scripts'].flatMap((folder) =>
  below(folder, /\.(ts|tsx|js)$/),
);

/** The anchor of a heading, as the sites that show these pages make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
const headings = (page: string) => [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);

describe('the pages', () => {
  it('link only to files and sections that exist', () => {
    for (const page of pages) {
      for (const [, file, anchor] of read(page).matchAll(/\]\(([^)#]*)#?([^)]*)\)/g)) {
        if (/^(https?|mailto):/.test(file)) continue;
        const target = file === '' ? page : join(dirname(page), file);
        expect(existsSync(join(root, target)), `${page}: ${file}`).toBe(true);
        if (anchor !== '')
          expect(headings(target).map(anchorOf), `${page}: ${file}#${anchor}`).toContain(anchor);
      }
    }
  });

  it('name files that exist', () => {
    for (const page of pages.filter((name) => name !== 'CHANGELOG.md')) {
      for (const [, path] of read(page).matchAll(/`((?:src|test|bench|docs|scripts)\/[\w./-]+)`/g)) {
        expect(existsSync(join(root, path)), `${page}: ${path}`).toBe(true);
      }
    }
  });

  it('number the sections of the theory from 1 without a gap', () => {
    const numbers = headings('docs/theory.md').flatMap((heading) => heading.match(/^(\d+)\. /)?.[1] ?? []);
    expect(numbers).toEqual(numbers.map((_, k) => String(k + 1)));
    expect(numbers.length).toBeGreaterThan(5);
  });
});

describe('the navigation of the site', () => {
  const links = [...read('site/.vitepress/lib/navigation.js').matchAll(/link: '\/([^']+)'/g)].map(
    ([, to]) => to,
  );

  it('names every page of docs', () => {
    const missing = below('docs', /\.md$/).filter((page) => !links.includes(page.replace(/\.md$/, '')));
    expect(missing).toEqual([]);
  });

  it('names only pages that there are, written or made from programs', () => {
    const made = ['command-line', 'python-reference'];
    for (const link of links) {
      const there = [`${link}.md`, `site/pages/${link}.md`].some((file) => existsSync(join(root, file)));
      expect(there || made.includes(link), link).toBe(true);
    }
  });

  it('and figures that texts ask for exist', () => {
    const figures = [...read('docs/tutorial.md').matchAll(/<!-- figure: (\w+) -->/g)].map(([, name]) => name);
    expect(figures.length).toBeGreaterThan(4);
    for (const name of figures)
      expect(read('site/.vitepress/theme/LiveFigure.vue'), name).toMatch(new RegExp(`\\b${name}: define`));
  });
});

describe('references in comments', () => {
  const sections = new Set(
    headings('docs/theory.md').flatMap((heading) => heading.match(/^(\d+)\. /)?.[1] ?? []),
  );

  it('cite sections of the theory that exist', () => {
    let cited = 0;
    for (const source of sources) {
      for (const [text, all] of read(source).matchAll(/theory ((?:§\d+(?:, | and )?)+)/g)) {
        for (const [, section] of all.matchAll(/§(\d+)/g)) {
          cited++;
          expect(sections, `${source}: ${text}`).toContain(section);
        }
      }
    }
    expect(cited).toBeGreaterThan(40);
  });

  it('and cards of the explorer link to sections that exist', () => {
    const views = below('explorer/src', /\.tsx$/).flatMap((view) => [
      ...read(view).matchAll(/\bsection="([^"]+)"/g),
    ]);
    expect(views.length).toBeGreaterThan(5);
    for (const [text, section] of views)
      expect(headings('docs/theory.md').map(anchorOf), text).toContain(section);
  });

  it('cite pages and their sections that exist, and nothing outside the project', () => {
    for (const source of sources) {
      for (const [text, page, section] of read(source).matchAll(/\((docs\/[\w-]+\.md)(?:, ([^);:]+))?\)/g)) {
        expect(existsSync(join(root, page)), `${source}: ${text}`).toBe(true);
        if (section) expect(headings(page), `${source}: ${text}`).toContain(section);
      }
      if (source !== 'test/docs.test.ts') expect(read(source), source).not.toMatch(/\(design[,)]/);
    }
  });
});

describe('defaults that --help states', () => {
  it('are those of the code', () => {
    const help = run(root, ['solve', '--help']).stdout.replace(/\s+/g, ' ');
    const { chains, draws } = samplingSettings({});
    expect(help).toContain(`(default: ${DEFAULT_TOLERANCE}; averages over samples ${MONTE_CARLO_TOLERANCE})`);
    expect(help).toContain(`all chains together (default: ${chains * draws})`);
    expect(help).toContain(`chains of sampled (default: ${chains})`);
    expect(help).toContain(`(default: ${SAMPLES}; map, multiscale ${SAMPLES} to ${MOST})`);
    const iterations = /iterations over all widths \(default: (\d+)\)/.exec(help)?.[1];
    // The same in the table of options, cell by cell.
    const table = read('docs/problem-file.md').replace(/ +/g, ' ');
    const [of, averaged] = [DEFAULT_TOLERANCE, MONTE_CARLO_TOLERANCE].map((x) =>
      x.toExponential().replace('e-0', 'e-'),
    );
    for (const row of [
      `| \`--samples\` | ${SAMPLES}; \`map\`, \`multiscale\` ${SAMPLES} to ${MOST}, `,
      `| \`--draws\`, \`--chains\` | ${chains * draws}, ${chains} |`,
      `| \`--max-iterations\` | ${iterations} |`,
      `| \`--tolerance\` | ${of}; averages over samples ${averaged}, `,
    ])
      expect(table).toContain(row);
    expect(read('docs/theory.md').replace(/\s+/g, ' ')).toContain(`Samples (${SAMPLES}, `);
  });
});

describe('defaults of a problem file that docs/problem-file.md states', () => {
  const page = read('docs/problem-file.md');

  it('are those of the code, for networks', () => {
    const spec = parseProblem({ data: { dataset: 'xor' } }) as unknown as Record<string, unknown> & {
      network: Record<string, unknown>;
    };
    const stated = [...page.matchAll(/^\| `(network\.\w+|noiseVariance)` +\| `?([^|`]*?)`? *\|/gm)];
    expect(stated.map(([, key]) => key.replace('network.', '')).sort()).toEqual(
      [...Object.keys(spec.network), 'noiseVariance'].sort(),
    );
    for (const [, key, value] of stated) {
      const ours = key.startsWith('network.') ? spec.network[key.slice(8)] : spec[key];
      expect(JSON.parse(value), key).toEqual(ours);
    }
  });

  it('are those of the code, for every data set', () => {
    const stated = [...page.matchAll(/^\| `(\{ "dataset": .*?\})` +\|/gm)].map(([, json]) =>
      JSON.parse(json.replace(' "idx": …,', '')),
    );
    expect(stated.map(({ dataset }) => dataset).sort()).toEqual(['ising', 'mnist', 'teacher', 'xor']);
    for (const data of stated) expect(parseProblem({ data: { dataset: data.dataset } }).data).toEqual(data);
  });
});

describe('docs/scaling.md', () => {
  const page = read('docs/scaling.md');
  const names = theories.map(({ name }) => name).sort();
  const rows = (part: string) =>
    [...part.matchAll(/^\| `(\w+)` +\|(.*)\|$/gm)].map(([, name, rest]) => [
      name,
      ...rest.split('|').map((cell) => cell.trim()),
    ]);
  const [times, memory] = page.split('## Memory').map(rows);

  it('states the memory that the estimate before a run counts, and the largest P that it lets in, rounded down', () => {
    expect(memory.map(([name]) => name).sort()).toEqual(names);
    for (const [theory, thousand, tenThousand, in24, in256] of memory) {
      const activation = theory === 'exactLinear' ? 'linear' : 'erf';
      const { network } = parseProblem({
        data: { dataset: 'xor' },
        network: { activation, hiddenLayers: 2, width: 1000 },
      });
      const bytes = (samples: number) =>
        memoryOf({
          theory,
          spec: { network, noiseVariance: 0.1 },
          size: { samples, dimension: 20 },
          options: {},
        } as never);
      for (const [cell, samples] of [
        [thousand, 1000],
        [tenThousand, 10_000],
      ] as const) {
        const stated = Number.parseFloat(cell);
        expect(Math.abs(bytes(samples) / 1e9 - stated), `${theory}, ${samples}`).toBeLessThan(
          stated < 10 ? 0.051 : 0.51,
        );
      }
      for (const [cell, gigabytes] of [
        [in24, 24],
        [in256, 256],
      ] as const) {
        const stated = Number(cell.replaceAll(' ', ''));
        expect(bytes(stated), `${theory}, ${gigabytes} GB`).toBeLessThanOrEqual(0.8e9 * gigabytes);
        expect(bytes(stated + (stated < 10_000 ? 100 : 1000)), `${theory}, ${gigabytes} GB`).toBeGreaterThan(
          0.8e9 * gigabytes,
        );
      }
    }
  });

  it('states the coefficients of time that estimates use', () => {
    const digits = '⁰¹²³⁴⁵⁶⁷⁸⁹';
    const power = (shown = '⁰') => 10 ** -Number([...shown].map((c) => digits.indexOf(c)).join(''));
    const timed = times.filter(([name]) => names.includes(name)).slice(0, names.length);
    expect(timed.map(([name]) => name).sort()).toEqual(names);
    for (const [theory, formula] of timed) {
      const stated = [...formula.matchAll(/(?:^|[ (])(\d+(?:\.\d+)?)(?:·10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+))?(?= )/g)].map(
        ([, value, shown]) => Number(value) * power(shown),
      );
      const used = theoryByName(theory).cost.seconds.filter((seconds) => seconds > 0);
      expect(stated.length, theory).toBe(used.length);
      for (const [k, value] of stated.entries())
        expect(value / used[k], `${theory}, term ${k}`).toBeCloseTo(1, 1);
    }
  });
});

describe('the examples of the architecture page', () => {
  it.each(['averagePooling', 'studentT'])('are the files that test/outside tests: %s', (name) => {
    const [fence, own] = ['`'.repeat(3), read(`test/outside/${name}.ts`)];
    expect(read('docs/architecture.md')).toContain(`${fence}ts\n${own}${fence}\n`);
  });
});
