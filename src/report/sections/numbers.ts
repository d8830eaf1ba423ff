import { duration, leftOut, percent, withError, withoutEmptyColumns } from '../format.js';
import { THEORY_COLOURS } from '../plots.js';
import type { Quality } from '../quality.js';
import { type SolvedTheory, summarise } from '../summary.js';
import { agreementRows, approximationOf, evidenceHead, measureRows } from '../table.js';
import { escaped, note, section } from './page.js';

const solvedTo = (residual: number) =>
  residual === 0 ? 'explicit' : `solved to ${residual.toExponential(0)}`;

const swatch = (k: number) => `<i style="background:${THEORY_COLOURS[k % THEORY_COLOURS.length]}"></i>`;

const heading = (heads: readonly string[]) =>
  `<thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>`;

function layerTable(solved: readonly SolvedTheory[]): string {
  const rows = solved.flatMap((entry, k) => {
    const summary = summarise(entry);
    const layers = summary.cka.length;
    return summary.cka.map((cka, l) => {
      const head = `<th rowspan="${layers}" scope="rowgroup">${swatch(k)}${escaped(summary.theory)}</th>`;
      const change = l === 0 ? '–' : (summary.change[l] ?? 0).toFixed(4);
      return `<tr${l === 0 ? ' class="first"' : ''}>${l === 0 ? head : ''}<td>${l === 0 ? 'input' : l}</td><td>${withError(cka, summary.ckaStandardError?.[l])}</td><td>${change}</td></tr>`;
    });
  });
  return `<table>${heading(['theory', 'layer', 'CKA', '‖C − K‖/‖K‖'])}<tbody>${rows.join('')}</tbody></table>`;
}

const number = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4));

const share = (value: number | undefined) => (value === undefined ? '–' : percent(value));

function testCells(test: Quality | undefined): string[] {
  return [number(test?.meanSquaredError), number(test?.variance), number(test?.loss), share(test?.accuracy)];
}

function totalsTable(solved: readonly SolvedTheory[]): string {
  const heads = [
    'theory',
    evidenceHead(solved.map(summarise)),
    'left out of it',
    'training error',
    'time',
    'equations',
    'right in training',
    'test bias²',
    'test variance',
    'test loss',
    'right in test',
  ];
  const cells = solved.map((entry) => {
    const summary = summarise(entry);
    const state = summary.converged
      ? (summary.judgedBy ?? solvedTo(entry.posterior.convergence.residual))
      : `<b>not converged</b>: ${escaped(summary.message ?? '')}`;
    return [
      escaped(summary.theory),
      withError(summary.logEvidence, summary.logEvidenceStandardError),
      leftOut(summary.logEvidenceLeftOut),
      number(summary.train.meanSquaredError),
      duration(summary.seconds),
      state,
      share(summary.train.accuracy),
      ...testCells(summary.test),
    ];
  });
  const [names, ...rows] = withoutEmptyColumns([heads, ...cells], haveErrors(solved) ? undefined : 3);
  const line = ([theory, ...rest]: readonly string[], k: number) =>
    `<tr><th scope="row">${swatch(k)}${theory}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return `<table>${heading(names)}<tbody>${rows.map(line).join('')}</tbody></table>`;
}

/** Measures at test points, for predictions and for how sure they are. */
function measureTable(solved: readonly SolvedTheory[]): string[] {
  const summaries = solved.map(summarise);
  const rows = measureRows(summaries);
  if (!rows) return [];
  const ofClasses = summaries.some(({ test }) => test?.brierScore !== undefined);
  const [heads, ...body] = rows;
  const line = ([theory, ...rest]: readonly string[]) =>
    `<tr><th scope="row">${escaped(theory)}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  const caption = note(
    ofClasses
      ? 'ln p(y): logarithm of the probability of the right class, outputs averaged over, mean over points; Brier score: squared distance of the probabilities from what came true; calibration error: between the largest probability and the share of points that are right, in ten bins; right: share of points whose class is the most probable.'
      : 'RMSE of the mean predictor in units of the targets, and the share of their variance that it explains; ln p(y): log density of a target under its predictive distribution (variance over networks and noise), mean over targets; in 50 %: share of targets inside of the central interval that should hold half of them.',
  );
  return [`<table>${heading(heads)}<tbody>${body.map(line).join('')}</tbody></table>${caption}`];
}

function agreementTable(solved: readonly SolvedTheory[]): string[] {
  const rows = agreementRows(solved);
  if (!rows) return [];
  const [heads, ...body] = rows;
  const cells = body.map(
    ([theory, ...rest]) =>
      `<tr${theory ? ' class="first"' : ''}><th scope="row">${escaped(theory)}</th>${rest.map((cell) => `<td>${cell}</td>`).join('')}</tr>`,
  );
  const caption = note(
    'Beside sampled networks: ΔCKA and root mean square differences of mean outputs, also in standard errors of both sides together (1 s.e. on outputs: errors explain all); kernel distance ‖C − C<sub>networks</sub>‖/‖C<sub>networks</sub>‖, and what Monte Carlo errors alone would make it.',
  );
  return [`<table>${heading(heads)}<tbody>${cells.join('')}</tbody></table>${caption}`];
}

const ERRORS =
  ' Training error: squared error of the mean predictor, per sample and output. Test loss = bias² + variance: the expected squared error of one network drawn from the posterior, without noise.';

/** Whether outputs are targets, with errors: not those of a likelihood of classes. */
const haveErrors = (solved: readonly SolvedTheory[]): boolean =>
  solved.some((entry) => summarise(entry).train.meanSquaredError !== undefined);

/** What a theory says in numbers: layer by layer, then as a whole. */
export function numbersSection(solved: readonly SolvedTheory[]): string {
  const tables = [
    layerTable(solved),
    totalsTable(solved),
    ...measureTable(solved),
    ...agreementTable(solved),
  ].map((table) => `<div class="wide">${table}</div>`);
  const approximate = approximationOf(solved.map(summarise));
  return section(
    'Numbers',
    `${tables.join('')}${note(`${approximate === undefined ? '' : `${approximate} `}ln p(Y|X): the log evidence, natural logarithm, ± its Monte Carlo error; left out of it: the size of what the theory neglects, the next order or the difference to the first.${haveErrors(solved) ? ERRORS : ''}`)}`,
  );
}
