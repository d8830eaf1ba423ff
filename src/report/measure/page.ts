import type { Compute } from '../../numerics/compute.js';
import type { Problem } from '../../problem/problem.js';
import { standalonePage } from '../html.js';
import { escaped, note, section } from '../sections/page.js';
import type { Beside, Measured } from './measures.js';
import { besideRows, measureRows } from './table.js';

const tableOf = ([head, ...rows]: readonly (readonly string[])[]): string => {
  const cells = (row: readonly string[], tag: 'th' | 'td') =>
    `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<div class="scroll"><table>${cells(head, 'th')}${rows.map((row) => cells(row, 'td')).join('')}</table></div>`;
};

const picture = (svg: string | undefined): string => (svg === undefined ? '' : `<figure>${svg}</figure>`);

/** Figures by what they show; undefined where it is not defined. */
export interface MeasureFigures {
  readonly measure: string | undefined;
  readonly profile: string | undefined;
  readonly spectra: string | undefined;
}

/** Measures of theories and of a network beside them as one self-contained page. */
export function measurePage(
  problem: Problem,
  measured: readonly Measured[],
  beside: readonly Beside[],
  { measure, profile, spectra }: MeasureFigures,
  compute: Compute,
  warnings: readonly string[],
): string {
  const own =
    beside.length === 0
      ? ''
      : section(
          'Your network beside theories',
          `${note('CKA of its kernel with that of the theory, which does not see sizes; the distance between the two; and what is left of it when yours is scaled to fit best.')}${tableOf(besideRows(beside))}`,
        );
  const sections = [
    section('Layers and the task', `${picture(measure)}${tableOf(measureRows(measured))}`),
    own,
    profile === undefined
      ? ''
      : section(
          'Layer alignment',
          `${note('CKA with the targets of the tangent kernel of each layer’s weights (input: those of the first layer), beside that of the features they act on.')}${picture(profile)}`,
        ),
    spectra === undefined
      ? ''
      : section(
          'Feature maps and targets',
          `${note('Eigenvalues of the centred kernels as shares of their sum; below, the share of the targets that the first k eigenvectors carry.')}${picture(spectra)}`,
        ),
  ];
  return standalonePage('Measures of a network and its theories', problem, sections, compute, warnings);
}
