import { beforeAll, expect, it } from 'vitest';

type Setup = Readonly<Record<string, unknown>>;

// Modules of the page, which is bundled, name each other without endings: types of Node do not follow them.
let differences: (from: Setup, to: Setup) => string[];
let DEFAULTS: Setup;
let STORIES: readonly { readonly changes: Setup; readonly after: Setup }[];
beforeAll(async () => {
  const page = (path: string) => import(new URL(`../../explorer/src/${path}`, import.meta.url).pathname);
  ({ differences } = await page('ui/words.ts'));
  ({ DEFAULTS } = await page('setup.ts'));
  ({ STORIES } = await page('stories.ts'));
});
const change = (changes: Setup, base = DEFAULTS) => differences({ ...base, ...changes }, base);

it('says what is different by the values of what is pinned', () => {
  expect(change({})).toEqual([]);
  expect(change({ width: 80 })).toEqual(['width 80']);
  expect(change({ weightVariance: 1.5, featureScale: 3, samples: 20 })).toEqual([
    'data points 20',
    'σ_w² 1.5',
    'γ 3',
  ]);
  expect(change({ digits: '3,8', seed: 7 })).toEqual(['seed 7', 'digits 3,8']);
});

it('names infinite width, its theory, and dense layers', () => {
  expect(change({ width: Number.POSITIVE_INFINITY })).toEqual(['width ∞', 'theory nngp']);
  // At infinite width there is one theory, whichever stands in the list.
  expect(change({ theory: 'map' }, { ...DEFAULTS, width: Number.POSITIVE_INFINITY })).toEqual([]);
  expect(change({ theory: 'map' })).toEqual(['theory map']);
  expect(change({ patch: 0 }, { ...DEFAULTS, patch: 7 })).toEqual(['patches none']);
});

it('names other data alone, without what these are made of', () => {
  const xor = { source: 'xor', dimension: 6, noise: 0.5, digits: '1,2' };
  expect(change(xor)).toEqual(['data xor']);
  expect(change({ ...xor, layers: 4 })).toEqual(['data xor', 'layers 4']);
  expect(change({ source: 'file', file: 'mine.csv', target: 'y' })).toEqual(['data mine.csv']);
  expect(change({ noise: 2 }, { ...DEFAULTS, ...xor })).toEqual(['noise of the data 2']);
});

it('says something of every second step of a story, and nothing of what a link does not hold', () => {
  expect(STORIES.length).toBe(6);
  for (const { changes, after } of STORIES)
    expect(differences({ ...DEFAULTS, ...changes }, { ...DEFAULTS, ...changes, ...after })).not.toEqual([]);
  expect(change({ pair: '3,4', take: 300 })).toEqual([]);
});
