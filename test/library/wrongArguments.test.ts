import { describe, expect, it } from 'vitest';
import * as library from '#src/index.js';

/**
 * What programs without types may give for anything: none of these is right for any argument that is not
 * named optional or free.
 */
const WRONG: readonly unknown[] = [
  undefined,
  null,
  'no',
  () => 1,
  Number.NaN,
  [],
  {},
  true,
  1n,
  Symbol('s'),
  -1.5,
  new Map(),
  new Date(0),
  { length: 1e12 },
  new Array(3),
  [null],
];

const compute = library.portableCompute();
const x = [
  [1, 0.5],
  [-0.5, 1],
  [0.3, -1],
];
const problem = library.createProblem({
  data: { x, y: [1, -1, 1] },
  network: { hiddenLayers: 1, width: 20 },
});
const erf = library.activationByName('erf');
const nngp = library.nngpKernels(problem.network, problem.data.x, compute);
const layers = { activation: erf, weightVariance: 1.5, biasVariance: 0.1 };

const kernel = nngp[1];
const { y } = problem.data;
const drawn = library.fromRows([[1, 0.5, 1]]);
const table = library.readCsv('a,b\n1,2\n', 'table.csv');
const solved = await library.solve(problem, 'nngp', { compute });
const arrays = library.writeNpz({ X: problem.data.x, Y: problem.data.y });
const digits = { pixelsPerImage: 2, source: 'here', images: async () => new Uint8Array(20) };
const never = () => Promise.reject(new Error('nothing is read'));
const settings = library.samplingSettings({ draws: 2, chains: 1, warmUp: 2 });
const NETWORK = [
  'hiddenLayers',
  'widths',
  'activation',
  'weightVariance',
  'biasVariance',
  'featureScale',
].map((key) => `0.${key}`);

function finished(): library.SamplingRun {
  const run = new library.SamplingRun(problem, compute, settings);
  for (const _ of run.steps());
  return run;
}

/** Runs what a function gives to its first step: generators check when they start. */
async function run(result: unknown): Promise<void> {
  const given = await result;
  if (typeof given === 'object' && given !== null && 'next' in given) await (given as Generator).next();
}

interface Entry {
  /** right arguments */
  readonly args: readonly unknown[];
  // biome-ignore lint/suspicious/noExplicitAny: arguments are wrong on purpose
  readonly call: (...args: any[]) => unknown;
  /**
   * what is varied, by its path: `0` the first argument, `0.data.x` a key in it; `?` after it: may be left
   * out; `text` any text will do; `negative` numbers may be; `kinds`: what else is right there
   */
  readonly paths: readonly string[];
}

const entries: Readonly<Record<string, Entry>> = {
  createProblem: {
    call: library.createProblem,
    args: [
      {
        data: { x, y: [1, -1, 1], xTest: x, yTest: [1, 1, 1], description: 'three' },
        network: {
          hiddenLayers: 1,
          width: 9,
          activation: 'erf',
          weightVariance: 1,
          biasVariance: 0,
          featureScale: 1,
        },
        noiseVariance: 0.1,
      },
    ],
    paths: [
      ...[
        '0',
        '0.data object',
        '0.data.x',
        '0.data.x.1',
        '0.data.x.1.0 negative',
        '0.data.y',
        '0.data.xTest?',
        '0.data.yTest?',
        '0.data.description? text',
      ],
      ...[
        '0.data.labels?',
        '0.data.standardize? true object',
        '0.data.classes? list',
        '0.data.notes? list',
        '0.data.targetScale?',
        '0.data.inputMetric? negative',
        '0.data.preparation? object',
      ],
      ...[
        '0.network? object',
        '0.network.hiddenLayers?',
        '0.network.width?',
        '0.network.activation?',
        '0.noiseVariance?',
      ],
      ...['0.network.weightVariance?', '0.network.biasVariance?', '0.network.featureScale?', '0.netwrok?'],
    ],
  },
  solve: {
    call: library.solve,
    args: [problem, 'nngp', { compute }],
    paths: [
      ...[
        '0',
        '0.data',
        '0.data.x',
        '0.data.y',
        '0.network',
        '0.network.activation',
        '0.network.widths',
        '0.noiseVariance',
      ],
      ...[
        '0.network.hiddenLayers',
        '0.network.weightVariance',
        '0.network.biasVariance',
        '1',
        '2? object',
        '2.compute?',
      ],
      ...[
        '2.seed?',
        '2.tolerance?',
        '2.onProgress? function',
        '2.signal?',
        '2.maxIterations?',
        '2.samples?',
        '2.sampling?',
      ],
    ],
  },
  'solve, of map': {
    call: (...args: [never, never]) => library.solve(...args),
    args: [problem, 'map', { compute, start: nngp, samples: 512, maxIterations: 1 }],
    paths: ['2.start?', '2.tolerance?', '2.samples?', '2.maxIterations?', '2.seed?'],
  },
  'solve, of sampled': {
    call: (...args: [never, never]) => library.solve(...args),
    args: [problem, 'sampled', { compute, draws: 64, chains: 2, sampling: { warmUp: 4 } }],
    paths: [
      ...[
        '2.draws?',
        '2.chains?',
        '2.sampling? object',
        '2.sampling.stepSize?',
        '2.sampling.sampler?',
        '2.sampling.steps?',
      ],
      ...['2.sampling.potential?', '2.sampling.thin?', '2.sampling.seed?'],
    ],
  },
  phaseAt: {
    call: library.phaseAt,
    args: [layers, compute],
    paths: [
      '0',
      '0.activation',
      '0.weightVariance',
      '0.biasVariance',
      '1',
      '1.algebra',
      '1.executor',
      '1.memory negative',
    ],
  },
  criticalPoints: { call: library.criticalPoints, args: [erf, 0.1], paths: ['0', '1'] },
  criticalLine: { call: library.criticalLine, args: [erf, 1e-3, 1, 5], paths: ['0', '1?', '2?', '3?'] },
  phaseDiagram: {
    call: library.phaseDiagram,
    args: [erf, Float64Array.of(1, 2), Float64Array.of(0, 0.1), compute],
    paths: ['0', '1', '2', '3'],
  },
  defineActivation: {
    call: library.defineActivation,
    args: [{ name: 'mine', value: Math.tanh, derivative: (h: number) => 1 / Math.cosh(h) ** 2, kinks: [] }],
    paths: ['0', '0.name text', '0.value function', '0.derivative? function', '0.kinks? list'],
  },
  savePosterior: {
    call: library.savePosterior,
    args: [solved],
    paths: ['0', '0.problem', '0.kernels', '0.nngp'],
  },
  restorePosterior: {
    call: library.restorePosterior,
    args: [library.savePosterior(solved), 'posterior.npz', compute],
    paths: ['0', '1 text', '2'],
  },
  preparedInputs: { call: library.preparedInputs, args: [problem.data.x, problem.data], paths: ['0', '1'] },
  kernelAlignment: { call: library.kernelAlignment, args: [nngp[0], nngp[1]], paths: ['0', '1'] },
  samePositionsOf: { call: library.samePositionsOf, args: [nngp[0], 1], paths: ['0', '1'] },
  targetSpectrum: {
    call: library.targetSpectrum,
    args: [compute.algebra, nngp[1], problem.data.y, 0.9],
    paths: ['0', '1', '2', '3?'],
  },
  tangentKernels: {
    call: library.tangentKernels,
    args: [problem.network, nngp, compute],
    paths: [...NETWORK, '1', '1.0', '2'],
  },
  activationByName: { call: library.activationByName, args: ['erf'], paths: ['0'] },
  theoryByName: { call: library.theoryByName, args: ['nngp'], paths: ['0'] },
  xor: {
    call: library.xor,
    args: [{ dataset: 'xor', samples: 4, testSamples: 0, dimension: 2, noise: 1, seed: 0 }],
    paths: ['0 object', '0.samples?', '0.testSamples?', '0.dimension?', '0.noise?', '0.seed?'],
  },
  ising: {
    call: library.ising,
    args: [{ dataset: 'ising', samples: 4, testSamples: 0, dimension: 2, bias: 0.1, seed: 0 }],
    paths: ['0 object', '0.samples?', '0.testSamples?', '0.dimension?', '0.bias?', '0.seed?'],
  },
  teacher: {
    call: library.teacher,
    args: [
      {
        samples: 4,
        testSamples: 0,
        dimension: 2,
        teacherWidth: 2,
        teacherActivation: 'erf',
        noise: 0,
        seed: 0,
      },
    ],
    paths: [
      '0 object',
      '0.samples?',
      '0.dimension?',
      '0.teacherWidth?',
      '0.teacherActivation?',
      '0.noise?',
      '0.seed?',
    ],
  },
  nodeCompute: {
    call: library.nodeCompute,
    args: [{ blas: 'none', threads: 1, warn: () => {} }],
    paths: ['0? object', '0.blas? text', '0.threads?', '0.warn? function'],
  },
  loadProblem: { call: library.loadProblem, args: ['xor', []], paths: ['0', '1? list'] },
  preset: { call: library.preset, args: ['xor'], paths: ['0'] },
  parseProblem: {
    call: library.parseProblem,
    args: [library.preset('xor')],
    paths: ['0', '0.data', '0.network? object'],
  },
  warningsOf: {
    call: library.warningsOf,
    args: [problem, [problem.network]],
    paths: ['0', '1? list', '1.0'],
  },
  loadData: {
    call: library.loadData,
    args: [library.preset('xor').data, { bytes: never, digits: never, memory: 1e9 }],
    paths: ['0', '0.dataset', '0.samples?', '1', '1.memory negative'],
  },
  'loadData, of a file': {
    call: library.loadData,
    args: [{ npz: 'a.npz' }, { bytes: async () => arrays, digits: never, memory: 1e9 }],
    paths: ['0', '0.npz text', '0.labels?', '1', '1.bytes function'],
  },
  'loadData, of digits': {
    call: library.loadData,
    args: [
      { dataset: 'mnist', classes: [0, 1], samples: 2 },
      { bytes: never, digits: async () => digits, memory: 1e9 },
    ],
    paths: ['0', '0.classes?', '1', '1.digits function'],
  },
  readCsv: { call: library.readCsv, args: ['a,b\n1,2\n', 'table.csv'], paths: ['0 text', '1 text'] },
  'readCsv, its strings': { call: (column) => table.strings(column), args: ['a'], paths: ['0'] },
  'readCsv, its numbers': { call: (columns) => table.numbers(columns), args: [['a']], paths: ['0', '0.0'] },
  'solve, its predictions': {
    call: (inputs) => solved.predict(inputs),
    args: [x],
    paths: ['0', '0.1', '0.1.0 negative'],
  },
  readNpz: {
    call: library.readNpz,
    args: [library.writeNpz({ x: kernel }), 'arrays.npz'],
    paths: ['0', '1 text'],
  },
  writeNpz: { call: library.writeNpz, args: [{ x: kernel }], paths: ['0 object', '0.x'] },
  kernelOf: {
    call: library.kernelOf,
    args: [erf, kernel, compute, 1, 0],
    paths: ['0', '1', '2', '3? negative', '4? negative'],
  },
  pushforward: {
    call: library.pushforward,
    args: [erf, kernel, kernel, compute, 1],
    paths: ['0', '1', '2', '3', '4? negative'],
  },
  pullback: {
    call: library.pullback,
    args: [erf, kernel, kernel, compute, 1],
    paths: ['0', '1', '2', '3', '4? negative'],
  },
  centredAlignment: {
    call: library.centredAlignment,
    args: [kernel, y],
    paths: ['0', '1', '0.data', '1.rows'],
  },
  uncentredAlignment: { call: library.uncentredAlignment, args: [kernel, y], paths: ['0', '1'] },
  classQualityOf: {
    call: library.classQualityOf,
    args: [
      library.fromRows([
        [0.2, 0.8],
        [0.6, 0.4],
        [0.5, 0.5],
      ]),
      y,
    ],
    paths: ['0', '1'],
  },
  qualityOf: {
    call: library.qualityOf,
    args: [y, { y }, new Float64Array(3), 1],
    paths: ['0', '1', '1.y', '2?', '3?'],
  },
  centredSpectrum: { call: library.centredSpectrum, args: [compute.algebra, kernel], paths: ['0', '1'] },
  effectiveRank: { call: library.effectiveRank, args: [Float64Array.of(1, 2)], paths: ['0 list'] },
  fromRows: { call: library.fromRows, args: [[[1, 2]]], paths: ['0 list', '0.0 list', '0.0.1 negative NaN'] },
  zeros: { call: library.zeros, args: [2, 3], paths: ['0', '1?'] },
  relativeDistance: { call: library.relativeDistance, args: [kernel, kernel], paths: ['0', '1'] },
  'RandomStream.fromSeed': { call: library.RandomStream.fromSeed, args: [1], paths: ['0 bigint'] },
  'RandomStream.fromState': {
    call: library.RandomStream.fromState,
    args: [new BigUint64Array(4)],
    paths: ['0'],
  },
  'RandomStream.split': { call: (k) => library.RandomStream.fromSeed(1).split(k), args: [1], paths: ['0'] },
  'RandomStream.normals': {
    call: (out) => library.RandomStream.fromSeed(1).normals(out),
    args: [new Float64Array(2)],
    paths: ['0'],
  },
  'RandomStream.uniforms': {
    call: (out) => library.RandomStream.fromSeed(1).uniforms(out),
    args: [new Float64Array(2)],
    paths: ['0'],
  },
  'RandomStream.permutation': {
    call: (n) => library.RandomStream.fromSeed(1).permutation(n),
    args: [3],
    paths: ['0'],
  },
  'RandomStream.bits': { call: (n) => library.RandomStream.fromSeed(1).bits(n), args: [3], paths: ['0'] },
  drive: {
    call: library.drive,
    args: [{ next: () => ({ done: true, value: 1 }) }, {}],
    paths: ['0', '1? object', '1.onStep? function', '1.signal?'],
  },
  nngpKernels: {
    call: library.nngpKernels,
    args: [problem.network, problem.data.x, compute],
    paths: ['0', '1', '2', ...NETWORK],
  },
  priorMoments: {
    call: library.priorMoments,
    args: [problem.network, problem.data.x, compute],
    paths: ['0', '1', '2', ...NETWORK],
  },
  drawKernels: {
    call: library.drawKernels,
    args: [problem.network, nngp, { draws: 8, seed: 0, pair: [0, 1] }, compute],
    paths: ['0', '1', '1.1', '2', '2.draws', '2.seed', '2.pair?', '3', ...NETWORK],
  },
  entryCovariance: {
    call: library.entryCovariance,
    args: [problem.network, nngp, [[0, 1]], compute, { samples: 64, seed: 0 }],
    paths: ['0', '1', '1.1', '2', '2.0', '3', '4? object', '4.samples?', '4.seed?', ...NETWORK],
  },
  outputKurtosis: {
    call: library.outputKurtosis,
    args: [{ nngp: kernel, variance: kernel }],
    paths: ['0', '0.nngp', '0.variance'],
  },
  drawnKurtosis: {
    call: library.drawnKurtosis,
    args: [{ mean: kernel, variance: kernel, varianceError: kernel }],
    paths: ['0', '0.mean', '0.variance', '0.varianceError'],
  },
  mixtureDensity: {
    call: library.mixtureDensity,
    args: [drawn, Float64Array.of(0, 1)],
    paths: ['0', '1 list'],
  },
  drawOutputs: { call: library.drawOutputs, args: [drawn, 0], paths: ['0', '1 bigint'] },
  followPair: {
    call: library.followPair,
    args: [drawn, [1, 0.5, 1], library.fromRows([[1], [1]]), 0.1, 0],
    paths: ['0', '1', '2', '3', '4 bigint'],
  },
  twoRows: { call: library.twoRows, args: [kernel, [0, 1]], paths: ['0', '1'] },
  samplingSettings: {
    call: library.samplingSettings,
    args: [{ draws: 4 }],
    paths: [
      '0 object',
      '0.draws?',
      '0.chains?',
      '0.warmUp?',
      '0.thin?',
      '0.stepSize?',
      '0.steps?',
      '0.seed?',
    ],
  },
  SamplingRun: {
    call: (...args: [never, never, never]) => new library.SamplingRun(...args),
    args: [problem, compute, settings],
    paths: ['0', '1', '2 object', '2.draws?', '2.chains?', '2.warmUp?'],
  },
  sampledPosterior: {
    call: library.sampledPosterior,
    args: [problem, finished(), compute, nngp],
    paths: ['0', '1', '2', '3?'],
  },
  expectedErrorOf: {
    call: library.expectedErrorOf,
    args: [problem, 'nngp', compute],
    paths: ['0', '0.data', '0.network', '0.noiseVariance', '1', '2'],
  },
  evidenceErrorOf: {
    call: library.evidenceErrorOf,
    args: [solved, compute, { seed: 0 }],
    paths: ['0', '0.problem', '0.convergence object', '1', '2? object', '2.seed?', '3?'],
  },
  rateFunction: {
    call: library.rateFunction,
    args: [problem.network, 1, nngp[0], nngp[1], compute, { samples: 512, seed: 0, tolerance: 0.1 }],
    paths: ['0', '1', '2', '3', '4', '5? object', '5.samples?', '5.seed?', '5.tolerance?', ...NETWORK],
  },
  jointLogPosterior: {
    call: library.jointLogPosterior,
    args: [problem, nngp, compute, { samples: 512 }],
    paths: ['0', '1', '1.1', '2', '3? object'],
  },
  posteriorAlong: {
    call: library.posteriorAlong,
    args: [problem, nngp, nngp, [0], compute, { samples: 512 }],
    paths: ['0', '1', '2', '3 list', '3.0 negative', '4', '5? object'],
  },
  mnist: {
    call: library.mnist,
    args: [{ classes: [0, 1], samples: 2, testSamples: 0, scaling: 'raw', seed: 0 }, digits],
    paths: [
      '0 object',
      '0.classes?',
      '0.samples?',
      '0.scaling?',
      '0.seed?',
      '1',
      '1.pixelsPerImage',
      '1.images function',
    ],
  },
};

const kindOf = (value: unknown): string => {
  if (value === undefined) return '?';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'true';
  if (value === null) return 'null';
  if (typeof value === 'number') return value < 0 ? 'negative' : 'NaN';
  return typeof value === 'string' ? 'text' : typeof value;
};

function replaced(node: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const inner = replaced((node as Record<string, unknown> | undefined)?.[key], rest, value);
  if (Array.isArray(node)) return Object.assign([...node], { [key]: inner });
  return { ...(node as object), [key]: inner };
}

async function messageOf(entry: Entry, path: readonly string[], value: unknown): Promise<string> {
  try {
    await run(entry.call(...(replaced(entry.args, path, value) as unknown[])));
  } catch (error) {
    if (error instanceof library.InputError) return error.message;
    return `${(error as Error).name}: ${(error as Error).message}, which is no InputError`;
  }
  return 'nothing is wrong';
}

/** Those without arguments, and the errors themselves. */
const WITHOUT = [
  'defaultCompute',
  'portableCompute',
  'InputError',
  'MemoryError',
  'NotPositiveDefiniteError',
];

describe('wrong arguments of the library', () => {
  it('are looked for in everything that can be called', () => {
    const callable = Object.entries(library).filter(([, value]) => typeof value === 'function');
    const covered = Object.keys(entries).map((name) => name.split(/[.,]/)[0]);
    expect(callable.map(([name]) => name).filter((name) => ![...covered, ...WITHOUT].includes(name))).toEqual(
      [],
    );
  });

  it('are refused in one line, whatever they quote', () => {
    const long = `no\u2028\n${'x'.repeat(1000)}`;
    for (const call of [library.theoryByName, library.preset, library.activationByName] as ((
      name: string,
    ) => unknown)[]) {
      expect(() => call(long)).toThrow(library.InputError);
      expect(() => call(long)).toThrow(/^[^\n\u2028]{1,299}$/);
    }
  });

  it('are functions, which defineActivation makes activations of', () => {
    for (const call of [
      () => library.createProblem({ data: { x, y: [1, 2, 3] }, network: { activation: Math.tanh as never } }),
      () => library.phaseAt({ ...layers, activation: Math.tanh as never }, compute),
      () => library.activationByName(Math.tanh as never),
    ])
      expect(call).toThrow(/activation: function; must be .*defineActivation/);
  });

  it('are never taken for zeros', () => {
    expect(() => library.createProblem({ data: { x: [{}, {}], y: [1, 2] } })).toThrow(
      /^X\[0\]: \{\}; must be a finite number, or a list of them$/,
    );
    expect(() => library.createProblem({ data: { x: [[1], ['1']], y: [1, 2] } })).toThrow(
      /^X\[1\]\[0\]: "1"; must be a finite number$/,
    );
  });

  for (const [name, entry] of Object.entries(entries)) {
    it(`${name} refuses in one line that names what is wrong`, async () => {
      await run(entry.call(...entry.args));
      const bad: string[] = [];
      for (const [path, ...kinds] of entry.paths.map((text) => text.replace('?', ' ?').split(' '))) {
        for (const value of WRONG) {
          if (kinds.includes(kindOf(value))) continue;
          const message = await messageOf(entry, path.split('.'), value);
          const culprit = path.split('.').at(-1) as string;
          const named =
            /^\d+$/.test(culprit) || message.toLowerCase().replace('_', '').includes(culprit.toLowerCase());
          const shaped = message.length < 300 && !/\n/.test(message) && /[:;]/.test(message);
          if (!named || !shaped || /is no InputError$|^nothing is wrong/.test(message))
            bad.push(`${path} = ${kindOf(value)} ${String(value)}: ${message}`);
        }
      }
      expect(bad).toEqual([]);
    });
  }
});
