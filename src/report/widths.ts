import { alignColumns, withError } from './format.js';
import type { summarise } from './summary.js';

export type Summary = ReturnType<typeof summarise>;

/** What several theories say at one width of all hidden layers. */
export interface AtWidth {
  readonly width: number;
  readonly theories: readonly Summary[];
}

/** Alignment of the output kernel, a row a width and a column a theory; what did not converge is marked. */
export function widthTable(widths: readonly AtWidth[]): string {
  const names = widths[0].theories.map(({ theory }) => theory);
  const rows = widths.map(({ width, theories }) => [
    String(width),
    ...theories.map(({ cka, ckaStandardError, converged }) => {
      const top = cka.length - 1;
      return `${withError(cka[top], ckaStandardError?.[top])}${converged ? '' : ' *'}`;
    }),
  ]);
  const marked = widths.some(({ theories }) => theories.some(({ converged }) => !converged));
  return [
    'CKA of the output kernel with the targets',
    '',
    alignColumns([['width', ...names], ...rows]),
    ...(marked ? ['', '* not converged; left out of the figure unless sampled. compare.json says why.'] : []),
  ].join('\n');
}
