import theories from './theories.json';

/** Where samples come from. */
export const SOURCES = ['xor', 'ising', 'teacher', 'mnist', 'file'] as const;
export type Source = (typeof SOURCES)[number];

/** Whether targets of a file are classes, as problem files say it. */
export const LABELS = ['auto', 'classes', 'numbers'] as const;

/** All that a link to this page holds. */
export interface Setup {
  readonly source: Source;
  readonly samples: number;
  readonly dimension: number;
  readonly noise: number;
  readonly seed: number;
  /** MNIST digits, the first has target +1 */
  readonly digits: string;
  /** of a dropped csv or npz, and the column of its targets */
  readonly file: string;
  readonly target: string;
  /** whether targets of a file are classes, and what of it is standardised */
  readonly labels: string;
  readonly standardizeInputs: boolean;
  readonly standardizeTargets: boolean;
  /** samples of a file that the page takes, at random, if it has more; 0 for all */
  readonly take: number;
  readonly layers: number;
  /**
   * pixels along the side of the patches of a convolution in the first layer of images; 0 for dense layers
   * alone
   */
  readonly patch: number;
  /** neurons of each hidden layer; INFINITE at the end of the slider */
  readonly width: number;
  readonly activation: string;
  readonly weightVariance: number;
  readonly biasVariance: number;
  readonly featureScale: number;
  readonly noiseVariance: number;
  readonly theory: string;
  /** two samples whose outputs are followed */
  readonly pair: string;
}

/** Sides of patches that tile digits of 28 pixels. */
export const PATCHES: readonly number[] = [0, 4, 7, 14];

export const INFINITE = Number.POSITIVE_INFINITY;
/** The width that stands for it: `nngp` does not depend on it. */
const AS_GOOD_AS_INFINITE = 1_000_000;

export const DEFAULTS: Setup = {
  source: 'mnist',
  samples: 48,
  dimension: 20,
  noise: 1,
  seed: 0,
  digits: '0,3',
  file: '',
  target: '',
  labels: 'auto',
  standardizeInputs: false,
  standardizeTargets: false,
  take: 100,
  layers: 2,
  patch: 0,
  width: 50,
  activation: 'erf',
  weightVariance: 1.2,
  biasVariance: 0,
  featureScale: 1,
  noiseVariance: 0.1,
  theory: 'perturbative',
  pair: '0,1',
};

export const ACTIVATIONS = [
  'erf',
  'tanh',
  'relu',
  'gelu',
  'silu',
  'elu',
  'selu',
  'mish',
  'softsign',
  'hardTanh',
  'relu6',
  'sin',
  'linear',
] as const;
/** As the package has them, from coarse to fine. */
export const THEORIES: readonly string[] = theories.map(({ name }) => name);

/** The theory that is solved: at infinite width there is one. */
export const theoryOf = (setup: Setup): string => (setup.width === INFINITE ? 'nngp' : setup.theory);

/** What the page asks of a theory, beyond its defaults. */
export interface TheoryOptions {
  readonly samples?: number;
  readonly fourPoint?: 'sampled';
}

/**
 * Four-point functions from samples, and fewer of them than elsewhere, so that the page answers at once:
 * exact ones take minutes for the points of a slice. Errors are shown.
 */
const QUICK: TheoryOptions = { samples: 2048, fourPoint: 'sampled' };
/** Enough up to so many points: standard errors are from eighths of the samples, which must outnumber them. */
const QUICKER: TheoryOptions = { ...QUICK, samples: 1024 };
const FEW_POINTS = 64;
const WITH_FOUR_POINT: readonly string[] = ['perturbative', 'linearResponse'];

/** Options of a theory for data of a setup, beyond its defaults. */
export function optionsOf(theory: string, { source, samples }: Setup): TheoryOptions {
  if (!WITH_FOUR_POINT.includes(theory)) return {};
  return source !== 'file' && samples <= FEW_POINTS ? QUICKER : QUICK;
}

/** What becomes of the numbers of a file, where it is not the default. */
function preparation({
  labels,
  standardizeInputs: inputs,
  standardizeTargets: targets,
}: Setup): Record<string, unknown> {
  return {
    ...(labels === 'auto' ? {} : { labels }),
    ...(inputs || targets ? { standardize: { inputs, targets } } : {}),
  };
}

/** The part of the data that a problem file names. */
function dataOf(setup: Setup): Record<string, unknown> {
  const { source, samples, dimension, noise, seed, digits, file, target } = setup;
  const testSamples = Math.min(samples, 100);
  switch (source) {
    case 'xor':
      return { dataset: 'xor', samples, testSamples, dimension, noise, seed };
    case 'teacher':
      return { dataset: 'teacher', samples, testSamples, dimension, noise, seed };
    case 'ising':
      return { dataset: 'ising', samples, testSamples, dimension, seed };
    case 'mnist':
      return { dataset: 'mnist', classes: digits.split(',').map(Number), samples, testSamples, seed };
    case 'file':
      return { ...(/\.npz$/i.test(file) ? { npz: file } : { csv: file, target }), ...preparation(setup) };
  }
}

/** Whether the first layer is a convolution: of digits, whose patches are known to fit. */
export const isConvolutional = ({ source, patch }: Setup): boolean => source === 'mnist' && patch > 0;

/** Layers one by one where the first is a convolution, else what all of them share. */
function layersOf(setup: Setup): Record<string, unknown> {
  const { layers, patch, activation } = setup;
  const width = setup.width === INFINITE ? AS_GOOD_AS_INFINITE : setup.width;
  if (!isConvolutional(setup)) return { hiddenLayers: layers, width, activation };
  const first = { convolution: { patch: [patch, patch], stride: patch, width }, activation };
  return { layers: [first, ...Array.from({ length: layers - 1 }, () => ({ dense: width, activation }))] };
}

/** The problem file that a setup stands for. */
export function problemFile(setup: Setup): Record<string, unknown> {
  const { weightVariance, biasVariance, featureScale, noiseVariance } = setup;
  return {
    data: dataOf(setup),
    network: { ...layersOf(setup), weightVariance, biasVariance, featureScale },
    noiseVariance,
  };
}

/** What workers are asked about: the problem file, and how much of a user's own file to take. */
export const taskOf = (setup: Setup): Record<string, unknown> =>
  setup.source === 'file' ? { ...problemFile(setup), take: setup.take } : problemFile(setup);

/** The hash of a link: what differs from the defaults. */
export function toHash(setup: Setup): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(setup)) {
    if (value !== DEFAULTS[key as keyof Setup])
      parameters.set(key, value === INFINITE ? 'infinite' : String(value));
  }
  return parameters.toString();
}

type Check = (value: never) => boolean;
const integer = (from: number, to: number) => (value: number) =>
  Number.isInteger(value) && value >= from && value <= to;
const CHECKS: Partial<Record<keyof Setup, Check>> = {
  source: (value: string) => (SOURCES as readonly string[]).includes(value),
  labels: (value: string) => (LABELS as readonly string[]).includes(value),
  theory: (value: string) => THEORIES.includes(value),
  samples: integer(2, 400),
  take: integer(0, 100_000),
  dimension: integer(1, 1000),
  seed: integer(0, Number.MAX_SAFE_INTEGER),
  layers: integer(1, 50),
  patch: (value: number) => PATCHES.includes(value),
  width: (value: number) => value === INFINITE || integer(1, AS_GOOD_AS_INFINITE)(value),
  noise: (value: number) => value >= 0 && Number.isFinite(value),
  weightVariance: (value: number) => value > 0 && Number.isFinite(value),
  biasVariance: (value: number) => value >= 0 && Number.isFinite(value),
  featureScale: (value: number) => value > 0 && Number.isFinite(value),
  noiseVariance: (value: number) => value >= 0 && Number.isFinite(value),
  digits: (value: string) => /^\d,\d$/.test(value) && value[0] !== value[2],
  pair: (value: string) => /^\d+,\d+$/.test(value),
};

const numberOf = (text: string): number =>
  text === 'infinite' ? INFINITE : text.trim() === '' ? Number.NaN : Number(text);
const WORDS: Readonly<Record<string, boolean>> = { true: true, false: false };

/**
 * Values that make sense for their keys, and the others as `key=value`. Numbers and truth values may be
 * texts.
 */
export function checkedChanges(entries: Iterable<readonly [string, unknown]>): {
  changes: Partial<Setup>;
  ignored: string[];
} {
  const ignored: string[] = [];
  const changes: Record<string, unknown> = {};
  for (const [key, given] of entries) {
    const standard = Object.hasOwn(DEFAULTS, key) ? DEFAULTS[key as keyof Setup] : undefined;
    const text = String(given);
    const value =
      typeof standard === 'number' ? numberOf(text) : typeof standard === 'boolean' ? WORDS[text] : text;
    const check = CHECKS[key as keyof Setup] as ((value: unknown) => boolean) | undefined;
    if (standard === undefined || value === undefined || (check && !check(value)))
      ignored.push(`${key}=${text}`);
    else changes[key] = value;
  }
  return { changes, ignored };
}

/** A setup from the hash of a link, and what in it made no sense. */
export function fromHash(hash: string): { setup: Setup; ignored: string[] } {
  const { changes, ignored } = checkedChanges(new URLSearchParams(hash.replace(/^#/, '')));
  return { setup: { ...DEFAULTS, ...changes }, ignored };
}
