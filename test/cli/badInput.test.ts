import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeNpy } from '#src/formats/npy.js';
import { writeNpz } from '#src/formats/npz.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const file = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const problem = (name: string, value: unknown) => file(name, JSON.stringify(value));

const X = fromRows([[1, 2], [0.5, -1], [3, 0]]); // biome-ignore format: matrix
const Y = fromRows([[1], [-1], [1]]);
const xor = { dataset: 'xor', samples: 8, dimension: 4 };
const npz = (name: string, arrays: Record<string, Matrix>) => file(name, writeNpz(arrays));
const withEntry = (matrix: Matrix, value: number): Matrix => ({
  ...matrix,
  data: matrix.data.map((x, i) => (i === 3 ? value : x)),
});

npz('good.npz', { X, Y });
npz('noX.npz', { Y });
npz('noY.npz', { X });
npz('rows.npz', { X, Y: fromRows([[1], [-1]]) });
npz('nan.npz', { X: withEntry(X, Number.NaN), Y });
npz('inf.npz', { X: withEntry(X, Number.POSITIVE_INFINITY), Y });
npz('hugeX.npz', { X: withEntry(X, 1e300), Y });
npz('hugeY.npz', { X, Y: fromRows([[1e308], [-1e308], [1]]) });
npz('columns.npz', { X, Y, X_test: fromRows([[1, 2, 3]]) });
npz('single.npz', { X: fromRows([[1, 2]]), Y: fromRows([[1]]) });
npz('twins.npz', { X: fromRows([[1, 2], [3, 4], [1, 2]]), Y }); // biome-ignore format: matrix
file('truncated.npz', writeNpz({ X, Y }).subarray(0, 150));
file('text.npz', 'not an archive');
file('short.npy', writeNpy(X.data, [3, 2]).subarray(0, 140));
file('y.npy', writeNpy(Y.data, [3]));
file('text.csv', 'a,b,y\n1,2,1\n3,tall,-1\n');
file('ragged.csv', 'a,b,y\n1,2,1\n3,-1\n');
file('empty.csv', 'a,b,y\n');
file('broken.json', '{ "data": ');
mkdirSync(join(folder, 'occupied'));
writeFileSync(join(folder, 'occupied/thesis.tex'), 'precious');
writeFileSync(join(folder, 'plain-file'), 'precious');

const data = (value: unknown) => ({ data: value });
const network = (value: unknown, rest: object = {}) => ({ data: xor, network: value, ...rest });

/** name, problem, what the line must say */
const cases: [string, unknown, RegExp][] = [
  ['a device without end', data({ npz: '/dev/zero' }), /\/dev\/zero: is a device, not a file/],
  ['a device as csv', data({ csv: '/dev/zero', target: 'y' }), /\/dev\/zero: is a device, not a file/],
  [
    'an unknown key of an option with several forms',
    data({ npz: 'good.npz', standardize: { scale: true } }),
    /data\.standardize\.scale: unknown key; known are inputs, targets/,
  ],
  [
    'an option in none of its forms',
    data({ npz: 'good.npz', standardize: 'yes' }),
    /data\.standardize: "yes"; must be true or false or an object/,
  ],
  ['X missing', data({ npz: 'noX.npz' }), /noX\.npz: array X is missing; the file holds Y/],
  ['Y missing', data({ npz: 'noY.npz' }), /noY\.npz: array Y is missing; the file holds X/],
  ['rows of X and Y differ', data({ npz: 'rows.npz' }), /Y: 2 rows where X has 3/],
  ['NaN', data({ npz: 'nan.npz' }), /X\[1\]\[1\]: NaN is not a finite number/],
  ['infinity', data({ npz: 'inf.npz' }), /X\[1\]\[1\]: Infinity is not a finite number/],
  [
    'inputs whose squares overflow',
    data({ npz: 'hugeX.npz' }),
    /X\[\d\]\[\d\]: 1e\+300 is beyond 1e\+50, where squares overflow; scale to about 1/,
  ],
  [
    'targets whose squares overflow',
    data({ npz: 'hugeY.npz' }),
    /Y\[0\]\[0\]: 1e\+308 is beyond 1e\+50, where squares overflow; scale to about 1/,
  ],
  ['a key of several lines', { 'a\nb': 1 }, /: a\\nb: unknown key/],
  ['a key of a page', { ['x'.repeat(5000)]: 1 }, /: xxx.*…x*: unknown key/],
  ['columns of X_test differ', data({ npz: 'columns.npz' }), /X_test: 3 columns where X has 2/],
  [
    'equal rows without noise',
    { ...data({ npz: 'twins.npz' }), noiseVariance: 0 },
    /X: rows 0 and 2 are equal, which needs noiseVariance > 0/,
  ],
  ['truncated npz', data({ npz: 'truncated.npz' }), /truncated\.npz: truncated or not an \.npz file/],
  ['not an npz', data({ npz: 'text.npz' }), /text\.npz: truncated or not an \.npz file/],
  [
    'truncated npy',
    data({ npy: 'short.npy', targets: 'y.npy' }),
    /short\.npy: truncated; 3×2 entries need 48 bytes, 12 are there/,
  ],
  ['missing file', data({ npz: 'nowhere.npz' }), /nowhere\.npz: no such file/],
  [
    'text in a number column',
    data({ csv: 'text.csv', target: 'y' }),
    /text\.csv line 3, column "b": "tall" is not a finite number/,
  ],
  ['ragged csv', data({ csv: 'ragged.csv', target: 'y' }), /ragged\.csv line 3: 2 cells where the header has 3/],
  ['csv without data', data({ csv: 'empty.csv', target: 'y' }), /empty\.csv: no line of data/],
  ['unknown target column', data({ csv: 'text.csv', target: 'z' }), /text\.csv: column "z" is missing; there are a, b, y/],
  ['no data', {}, /data: missing; give \{"npz": …\}/],
  ['no source', data({ samples: 5 }), /data: no source in \{"samples": …\}; give one of npz, npy, csv, dataset/],
  ['unknown data set', data({ dataset: 'xorr' }), /data\.dataset: unknown data set "xorr"; there are xor, teacher, ising, mnist/],
  ['unknown key of a data set', data({ ...xor, sample: 5 }), /data\.sample: unknown key; did you mean "samples"\?/],
  ['unknown key of the network', network({ widht: 5 }), /network\.widht: unknown key; did you mean "width"\?/],
  ['unknown key', network({}, { noisevariance: 1 }), /noisevariance: unknown key; did you mean "noiseVariance"\?/],
  ['a key like none', network({ banana: 1 }), /network\.banana: unknown key; known are layers, readout, hiddenLayers, width/],
  ['unknown activation', network({ activation: 'rlu' }), /network\.activation: unknown activation "rlu"; did you mean "relu"/],
  ['activation parameter', network({ activation: 'monomial(0.5)' }), /monomial\(0\.5\): the degree must be a whole number/],
  ['width 0', network({ width: 0 }), /network\.width: 0; must be at least 1/],
  ['fractional width', network({ width: 2.5 }), /network\.width: 2\.5; must be a whole number/],
  ['negative width in a list', network({ width: [3, -3] }), /network\.width\[1\]: -3; must be at least 1/],
  ['too many widths', network({ width: [1, 2, 3] }), /network\.width: 3 entries where 2 hidden layers need 2, or one number/],
  ['too few variances', network({ weightVariance: [1, 2] }), /network\.weightVariance: 2 entries where 2 hidden layers need 3/],
  [
    'all lists of another number of layers',
    network({ hiddenLayers: 6, width: [1, 2, 3], weightVariance: [1, 1, 1, 1], biasVariance: [0, 0, 0, 0] }),
    /: network\.width, weightVariance and biasVariance: 3, 4 and 4 entries where 6 hidden layers need 6, 7 and 7, or one number each/,
  ],
  ['too few bias variances', network({ biasVariance: [0] }), /network\.biasVariance: 1 entries where 2 hidden layers need 3/],
  ['zero weight variance', network({ weightVariance: 0 }), /network\.weightVariance: 0; must be greater than 0/],
  [
    'negative weight variance in a list',
    network({ weightVariance: [1, -1, 1] }),
    /network\.weightVariance\[1\]: -1; must be greater than 0/,
  ],
  ['negative bias variance', network({ biasVariance: -0.1 }), /network\.biasVariance: -0\.1; must be at least 0/],
  ['negative noise', network({}, { noiseVariance: -1 }), /noiseVariance: -1; must be at least 0/],
  ['zero feature scale', network({ featureScale: 0 }), /network\.featureScale: 0; must be greater than 0/],
  ['no hidden layer', network({ hiddenLayers: 0 }), /network\.hiddenLayers: 0; must be at least 1/],
  ['text for a number', network({ featureScale: '4' }), /network\.featureScale: "4"; must be a number/],
  ['digit that does not exist', data({ dataset: 'mnist', classes: [0, 11] }), /data\.classes\[1\]: 11; must be at most 9/],
  ['a digit twice', data({ dataset: 'mnist', classes: [3, 3] }), /data\.classes: \[3,3\] names a digit twice/],
  [
    'more digits than there are',
    data({ dataset: 'mnist', samples: 5000 }),
    /data\.samples: 2500 \+ 0 images of digit 0 asked for, the package has 400; all 60 000 come by data\.idx/,
  ],
  ['IDX folder without files', data({ dataset: 'mnist', idx: 'occupied' }), /data\.idx: .*train-images-idx3-ubyte is missing/],
  ['kernels too large for memory', data({ ...xor, samples: 400_000 }), /400000 points need about .* GB of memory for nngp/],
  ['data too large for memory', data({ ...xor, samples: 1e12 }), /data\.samples: 1000000000000 points of dimension 4 need .* GB/],
  ['an array', [], /the file: \[\]; must be an object/],
];

describe('a problem file with', () => {
  it.each(cases)('%s', (name, value, message) => {
    problem('problem.json', value);
    const before = readdirSync(folder);
    const { status, stdout, stderr } = run(folder, ['solve', 'problem.json', '--theory', 'nngp', '--out', 'result']);
    const errors = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('warning:'));
    expect(errors, name).toHaveLength(1);
    expect(errors[0]).toMatch(message);
    expect(errors[0]).toMatch(/^finite-width: /);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual(before);
  });
});

problem('good.json', data({ npz: 'good.npz' }));

describe('a command line with', () => {
  it.each<[string, string[], RegExp]>([
    [
      'an unknown theory',
      ['solve', 'good.json', '--theory', 'ntk'],
      /unknown theory "ntk"; there are auto, nngp, .*perturbative, map, multiscale/,
    ],
    ['an unknown theory to compare', ['compare', 'good.json', '--theories', 'nngp,ntk'], /unknown theory "ntk"; there are/],
    ['no theory to compare', ['compare', 'good.json', '--theories', ','], /names no theory/],
    ['a theory twice', ['compare', 'good.json', '--theories', 'nngp,nngp'], /names a theory twice/],
    ['an unknown preset', ['solve', 'cifar'], /cifar: neither a preset \(xor, mnist\) nor a problem file/],
    ['a missing file', ['solve', 'none.json'], /none\.json: no such file/],
    ['a broken file', ['solve', 'broken.json'], /broken\.json: not valid JSON/],
    ['a command that is like none', ['foo', 'xor'], /unknown command "foo"; there are solve, .*, doctor$/m],
    [
      'an unfinished formula',
      ['solve', 'xor', '--set', 'network.activation=sin(x'],
      /formula "sin\(x": expected \) at character 5/,
    ],
    [
      'a slope beyond numbers',
      ['solve', 'xor', '--set', 'network.activation=leakyRelu(1e300)'],
      /the kernel of layer 1 is not finite; lower weightVariance, or take fewer layers or an activation that grows less/,
    ],
    [
      'networks too wide to be drawn',
      ['prior', 'xor', '--set', 'network.width=1e8'],
      /network\.width: layers of 100000000 neurons at 64 points need \d+ GB to be drawn, of which/,
    ],
    ['a problem file without end', ['solve', '/dev/zero'], /\/dev\/zero: is a device, not a file/],
    ['a grid without end', ['sweep', '/dev/zero'], /\/dev\/zero: is a device, not a file/],
    ['an unknown command', ['solv', 'xor'], /unknown command "solv"; did you mean "solve"\?/],
    ['an unknown option', ['solve', 'xor', '--thoery', 'nngp'], /unknown option '--thoery' \(Did you mean --theory\?\)/],
    ['a bad seed', ['solve', 'xor', '--seed', '1.5'], /--seed .*'1\.5' is invalid\. Give a whole number from 0/],
    ['a bad tolerance', ['solve', 'xor', '--tolerance', '-1'], /--tolerance .*Give a number between 0 and 1/],
    ['a bad four-point method', ['solve', 'xor', '--four-point', 'guess'], /Allowed choices are auto, exact, sampled/],
    ['no problem', ['solve'], /missing required argument 'problem'/],
    [
      'an output folder that is not a run',
      ['solve', 'good.json', '--out', 'occupied'],
      /--out occupied: exists and is not a run \(it holds thesis\.tex\)/,
    ],
    ['an output folder that is a file', ['solve', 'good.json', '--out', 'plain-file'], /--out plain-file: is a file/],
    [
      'an output folder below a file',
      ['solve', 'good.json', '--out', 'plain-file/run'],
      /--out plain-file\/run: a part of the path is a file/,
    ],
  ])('%s', (_, args, message) => {
    const before = readdirSync(folder);
    const { status, stdout, stderr } = run(folder, args);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(readdirSync(folder)).toEqual(before);
    expect(existsSync(join(folder, 'occupied/thesis.tex'))).toBe(true);
  });

  it('an output folder that cannot be written', () => {
    // Root may write anywhere but into the kernel's own file system.
    const sealed = process.getuid?.() === 0 ? '/proc/run' : join(folder, 'sealed/run');
    if (process.getuid?.() !== 0) {
      mkdirSync(join(folder, 'sealed'));
      chmodSync(join(folder, 'sealed'), 0o500);
    }
    const { status, stderr } = run(folder, ['solve', 'good.json', '--theory', 'nngp', '--out', sealed]);
    expect(stderr).toMatch(/^finite-width: --out .*: .+\n$/);
    expect(status).toBe(2);
  });

  it('a number of threads that is none', () => {
    const { status, stderr } = run(folder, ['solve', 'good.json', '--theory', 'nngp', '--out', 'x'], {
      FINITE_WIDTH_THREADS: 'many',
    });
    expect(stderr).toMatch(/FINITE_WIDTH_THREADS: many is not a number of threads/);
    expect(status).toBe(2);
  });
});

describe('odd but legitimate input', () => {
  it('equal points: a warning, and a result', () => {
    problem('twins.json', data({ npz: 'twins.npz' }));
    const { status, stderr } = run(folder, ['solve', 'twins.json', '--theory', 'perturbative', '--out', 'twins']);
    expect(stderr).toMatch(/^warning: X: rows 0 and 2 are equal; kernels are singular/);
    expect(status).toBe(0);
  });

  it('equal targets: alignment is undefined and said to be', () => {
    npz('constant.npz', { X, Y: fromRows([[1], [1], [1]]) });
    problem('constant.json', data({ npz: 'constant.npz' }));
    const { status, stdout, stderr } = run(folder, ['compare', 'constant.json', '--theories', 'nngp', '--out', 'constant']);
    expect(stderr).toMatch(/^warning: Y: all targets are equal; alignment with the targets \(CKA\) is undefined/);
    expect(stdout).toMatch(/nngp\s+input\s+–/);
    expect(status).toBe(0);
  });
});
