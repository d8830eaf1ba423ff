import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '#src/numerics/errors.js';
import { memoryOf, secondsOf } from '#src/sweep/cost.js';
import { countOf, parseGrid } from '#src/sweep/grid.js';
import { outline } from '#src/sweep/outline.js';
import { canonical, type FileFacts, tasksOf } from '#src/sweep/task.js';

const data = { dataset: 'xor', samples: 16, dimension: 6 };
const noFiles: FileFacts = new Map();
const tasks = (grid: unknown, files = noFiles) => tasksOf(parseGrid(grid, 'grid.json'), files, 'grid.json');
const keys = (grid: unknown, files = noFiles) => tasks(grid, files).map(({ key }) => key);
const settings = (grid: unknown) =>
  tasks({ theories: ['nngp'], ...(grid as object) }).map((task) => Object.values(task.settings));

describe('a grid', () => {
  it('combines lists and ranges of any key in all ways', () => {
    const grid = {
      data: { ...data, samples: [16, 32] },
      network: {
        hiddenLayers: { range: [1, 3] },
        width: { logspace: [20, 2000, 3] },
        activation: ['erf', 'relu'],
      },
      noiseVariance: { linspace: [0.1, 0.3, 3] },
      theories: ['nngp'],
    };
    expect(countOf(parseGrid(grid, 'g'))).toBe(2 * 3 * 3 * 2 * 3);
    const all = tasks(grid);
    expect(all).toHaveLength(108);
    expect(new Set(all.map(({ spec }) => spec.network.width))).toEqual(new Set([20, 200, 2000]));
    expect(new Set(all.map(({ spec }) => spec.noiseVariance))).toEqual(new Set([0.1, 0.2, 0.3]));
    expect(all[0].settings).toEqual({
      'data.samples': 16,
      'network.hiddenLayers': 1,
      'network.width': 20,
      'network.activation': 'erf',
      noiseVariance: 0.1,
    });
  });

  it('moves keys together that are zipped', () => {
    const network = {
      hiddenLayers: [1, 2, 4],
      width: { values: [40, 80, 160] },
      biasVariance: { values: [0, 0.1] },
    };
    expect(settings({ data, network, zip: [['network.hiddenLayers', 'network.width']] })).toEqual([
      [1, 40, 0],
      [1, 40, 0.1],
      [2, 80, 0],
      [2, 80, 0.1],
      [4, 160, 0],
      [4, 160, 0.1], // biome-ignore format: a table
    ]);
    // biome-ignore format: a table
    expect(settings({ data, network: { ...network, biasVariance: 0 }, zip: 'all' })).toEqual([[1, 40], [2, 80], [4, 160]]);
  });

  it('takes a list of numbers for one value where a key may be a list, and a list of lists for several', () => {
    expect(tasks({ data, network: { width: [100, 80] }, theories: ['nngp'] })[0].spec.network.width).toEqual([
      100, 80,
    ]);
    // biome-ignore format: short
    const several = tasks({ data, network: { width: [[100, 80], [50, 40]] }, theories: ['nngp'] });
    // biome-ignore format: short
    expect(several.map(({ spec }) => spec.network.width)).toEqual([[100, 80], [50, 40]]);
  });

  it('takes layers one by one for one value, and several lists of them for several', () => {
    const layers = [{ dense: 20 }, { dense: 10, activation: 'relu' }];
    expect(tasks({ data, network: { layers }, theories: ['nngp'] })[0].spec.network.width).toEqual([20, 10]);
    const both = { data, network: { layers: [layers, [{ dense: 5 }]] }, theories: ['nngp'] };
    expect(tasks(both).map(({ spec }) => spec.network.hiddenLayers)).toEqual([2, 1]);
  });

  it('knows the images of digits, and counts positions where it estimates', () => {
    const convolved = (stride: number, readout: 'flatten' | 'average' = 'flatten') => ({
      data: { dataset: 'mnist', samples: 6, classes: [0, 1, 2] },
      network: { layers: [{ convolution: { patch: [5, 5], stride, width: 30 } }], readout },
      theories: ['nngp', 'rescaling'],
    });
    const [nngp, refused] = tasks(convolved(14));
    // Four matrices (C⁽⁰⁾, C⁽¹⁾, a factorisation): 2² and 7² blocks of 6² doubles where positions are
    // flattened, (6·2²)² and (6·7²)² where all pairs of them are averaged.
    const grown = (readout: 'flatten' | 'average') => {
      const [few, many] = [14, 4].map((stride) => memoryOf(tasks(convolved(stride, readout))[0]));
      return (many - few) / 8;
    };
    const { network, data: sizes } = outline(nngp.spec, nngp.size);
    expect(network.structure?.image).toEqual([28, 28, 1]);
    expect([sizes.x.columns, sizes.y.columns]).toEqual([784, 3]);
    expect(grown('flatten') / (6 ** 2 * (49 - 4))).toBeCloseTo(4, 10);
    expect(grown('average') / ((6 * 49) ** 2 - (6 * 4) ** 2)).toBeCloseTo(4, 10);
    expect(secondsOf(nngp)).toBeGreaterThan(0);
    expect(secondsOf(refused)).toBe(0);
  });

  it('varies the width of layers one by one, whichever of the two is said first', () => {
    const layers = [{ dense: 20 }, { dense: 10, activation: 'relu' }];
    const widths = (network: object) =>
      tasks({ data, network, theories: ['nngp'] }).map(({ spec }) => spec.network.width);
    expect(widths({ layers, width: { values: [30, [8, 4]] } })).toEqual([
      [30, 30],
      [8, 4],
    ]);
    const both = { width: { values: [30, 40] }, layers: [layers, [{ dense: 5 }]] };
    expect(widths(both)).toEqual([[30, 30], [30], [40, 40], [40]]);
    const [{ spec }] = tasks({ data, network: { layers, width: { values: [30, 40] } }, theories: ['nngp'] });
    expect(spec.network.layers?.[1]).toMatchObject({ dense: 30, activation: 'relu' });
  });

  it('refuses layers that do not fit the inputs before anything is started', () => {
    const network = { layers: [{ convolution: { patch: [3], width: 10 } }] };
    expect(() => tasks({ data, network })).toThrow(
      'grid.json: network.layers[0].convolution: needs images: data of shape P×length×channels',
    );
    expect(() => tasks({ data: { dataset: 'mnist', inputMetric: 1 }, network })).toThrow('needs images');
    expect(() => tasks({ data: { dataset: 'mnist' }, network })).toThrow(
      'grid.json: network.layers[0].convolution.patch: 1 sizes where images have 2 axes',
    );
  });

  it('varies the data themselves, seeds, and options of the sampler', () => {
    const grid = {
      data: [data, { dataset: 'teacher', samples: 10 }],
      theories: ['sampled', 'nngp'],
      seeds: { range: [0, 2] },
      options: { draws: [100, 200], chains: 2, thin: 3 },
    };
    const all = tasks(grid);
    // nngp uses neither seeds nor draws: two tasks of it, twelve of sampled.
    expect(all.filter(({ theory }) => theory === 'nngp')).toHaveLength(2);
    expect(all.filter(({ theory }) => theory === 'sampled')).toHaveLength(12);
    expect(all.find(({ theory }) => theory === 'sampled')?.options).toEqual({
      draws: 100,
      chains: 2,
      seed: 0,
      sampling: { thin: 3 },
    });
  });

  it.each<[object, RegExp]>([
    [{ netwrok: {} }, /^grid\.json: netwrok: unknown key; did you mean "network"\?$/],
    [{ network: { witdh: [1, 2] } }, /network\.witdh: unknown key; did you mean "width"/],
    [
      { network: { width: { logspace: [20, 2000] } } },
      /network\.width: \{"logspace": \[20,2000\]\}; give from, to and how many/,
    ],
    [{ network: { width: { values: [] } } }, /network\.width: \{"values": \[\]\} is empty/],
    [{ network: { hiddenLayers: [] } }, /network\.hiddenLayers: \[\] is empty/],
    [
      { network: { hiddenLayers: { range: [5, 3] } } },
      /network\.hiddenLayers: \{"range": \[5,3\]\} is empty/,
    ],
    [
      { network: { biasVariance: { logspace: [0, 1, 5] } } },
      /equal ratios need positive ends; for others there is linspace/,
    ],
    [
      { network: { weightVariance: { values: [1, -1] } } },
      /network\.weightVariance: -1; must be greater than 0/,
    ],
    [
      { network: { hiddenLayers: [2, 3], width: [20, 40, 60] } },
      /width: 3 entries where 2 hidden layers need 2, or one number; a list is one value of width: several are \{"values": \[…\]\}$/,
    ],
    [
      { network: { hiddenLayers: 3, width: [[20, 40]] } },
      /network\.width: 2 entries where 3 hidden layers need 3, or one number$/,
    ],
    [
      { noiseVariance: { linspace: [0, 1, 1e9] } },
      /^grid\.json: 1,000,000,000 tasks; at most 1,000,000 are run in one sweep$/,
    ],
    [{ noiseVariance: { linspace: [0, 1, 1e12] } }, /noiseVariance: .* has 1,000,000,000,000 values/],
    [
      {
        network: { width: { range: [1, 1e5] }, hiddenLayers: { range: [1, 100] } },
        seeds: { range: [0, 99] },
      },
      /^grid\.json: 1,000,000,000 tasks;/,
    ],
    [{ theories: ['nngp', 'ngnp'] }, /theories: unknown theory "ngnp"/],
    [{ theories: [] }, /theories: give a list of names/],
    [{ seeds: [-1] }, /seeds: -1; give whole numbers from 0/],
    [{ options: { drawz: 5 } }, /options\.drawz: unknown key; known are .*samples.*draws/],
    [{ theories: ['sampled'], options: { draws: [100, 3] } }, /options\.draws: 3; /],
    [{ options: { draws: 100 } }, /^grid\.json: options\.draws: is not used by nngp; leave it out$/],
    [
      { theories: ['nngp', 'perturbative'], options: { tolerance: 1e-6, thin: [1, 2] } },
      /options\.thin: is not used by nngp, perturbative, which know options\.samples, options\.fourPoint, /,
    ],
    [
      { theories: ['sampled'], options: { sampler: ['mala', 'langevin'], steps: 4 } },
      /steps: is not used by mala, langevin/,
    ],
    [{ theories: ['map'], options: { tolerance: 2 } }, /options\.tolerance: 2; /],
    [{ theories: ['sampled'], options: { stepSize: 1e9 } }, /options\.stepSize: 1000000000; /],
    [{ zip: [['network.width', 'noiseVariance']] }, /zip: network\.width takes no list or range/],
    [
      { network: { width: { values: [1, 2] } }, noiseVariance: [1, 2, 3], zip: 'all' },
      /zip: 2 values of network\.width but 3 of noiseVariance/,
    ],
    [{ zip: 7 }, /zip: give "all", or lists of keys/],
  ])('refuses %j in one line', (part, message) => {
    const make = () => tasks({ data, theories: ['nngp'], ...part });
    expect(make).toThrow(InputError);
    expect(make).toThrow(message);
    try {
      make();
    } catch (error) {
      expect((error as Error).message).not.toContain('\n');
    }
  });
});

describe('keys of tasks', () => {
  const grid = {
    data,
    network: { width: { values: [20, 50] } },
    theories: ['perturbative', 'nngp'],
    seeds: [0, 1],
  };

  it('do not depend on how a grid is written down, on defaults that are spelled out, or on what a theory does not use', () => {
    const other = {
      seeds: [1, 0],
      theories: ['nngp', 'perturbative'],
      network: { activation: 'erf', width: { range: [20, 50, 30] } },
      data: { dimension: 6, samples: 16, dataset: 'xor', noise: 1 },
      noiseVariance: 0.1,
    };
    expect(keys(other).sort()).toEqual(keys(grid).sort());
    expect(new Set(keys(grid)).size).toBe(6);
    const both = { ...grid, theories: ['nngp', 'sampled'] };
    const ofNngp = (each: object) => keys(each).filter((_, k) => tasks(each)[k].theory === 'nngp');
    expect(ofNngp({ ...both, options: { draws: 100 } })).toEqual(ofNngp(both));
  });

  it('depend on everything that a result depends on', () => {
    const all = [
      grid,
      { ...grid, seeds: [2, 3] },
      { ...grid, options: { samples: 1024 } },
      { ...grid, noiseVariance: 0.2 },
      { ...grid, data: { ...data, seed: 1 } },
      { ...grid, network: { width: { values: [21, 51] } } },
    ].map((each) => keys(each).filter((_, k) => tasks(each)[k].theory === 'perturbative'));
    expect(new Set(all.flat()).size).toBe(all.flat().length);
  });

  it('follow the bytes of files, not their place', () => {
    const withFile = (path: string) => ({ ...grid, data: { csv: path, target: 'y' } });
    const facts = (path: string, hash: string): FileFacts =>
      new Map([[path, { hash, size: { samples: 4, dimension: 2, outputs: 1 } }]]);
    const here = keys(withFile('/a/d.csv'), facts('/a/d.csv', 'abc'));
    expect(keys(withFile('/b/e.csv'), facts('/b/e.csv', 'abc'))).toEqual(here);
    expect(keys(withFile('/a/d.csv'), facts('/a/d.csv', 'def'))).not.toEqual(here);
  });

  it('come from a text that does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(reversed)).toBe(canonical(value));
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });
});
