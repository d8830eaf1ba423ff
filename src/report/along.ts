import { alignColumns, withError } from './format.js';
import type { summarise } from './summary.js';

export type Summary = ReturnType<typeof summarise>;

/** What several theories say at one setting. */
export interface AtSetting {
  /** of the key on the axis */
  readonly value: number;
  /** of all keys that were varied */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly theories: readonly Summary[];
}

/** Theories along the values of a key of the problem file, smallest first. */
export interface Along {
  readonly key: string;
  readonly settings: readonly AtSetting[];
}

const NAMES: Readonly<Record<string, string>> = {
  'network.width': 'width N of all hidden layers',
  'network.hiddenLayers': 'hidden layers L',
  'network.featureScale': 'feature scale γ',
  'network.weightVariance': 'weight variance σ_w² of all layers',
  'network.biasVariance': 'bias variance σ_b² of all layers',
  noiseVariance: 'noise variance κ',
};

/** What a key is called in figures. */
export const nameOfKey = (key: string): string => NAMES[key] ?? key;

/** Alignment of the output kernel, a row a setting and a column a theory; what did not converge is marked. */
export function alongTable({ key, settings }: Along): string {
  const names = settings[0].theories.map(({ theory }) => theory);
  const rows = settings.map(({ value, theories }) => [
    String(value),
    ...theories.map(({ cka, ckaStandardError, converged }) => {
      const top = cka.length - 1;
      return `${withError(cka[top], ckaStandardError?.[top])}${converged ? '' : ' *'}`;
    }),
  ]);
  const marked = settings.some(({ theories }) => theories.some(({ converged }) => !converged));
  return [
    'CKA of the output kernel with the targets',
    '',
    alignColumns([[key.replace(/^network\./, ''), ...names], ...rows]),
    ...(marked ? ['', '* not converged; left out of the figure unless sampled. compare.json says why.'] : []),
  ].join('\n');
}
