import { readableRhat } from '../sampling/diagnostics.js';
import type { LayerModes } from '../solving/monteCarloSolution.js';
import type { Choice } from '../theories/auto/auto.js';
import { agreementWith, networksAmong, type OutputAgreement } from './agreement.js';
import { alignColumns, duration, leftOut, percent, withError, withoutEmptyColumns } from './format.js';
import { type MeasuredTheory, type SolvedTheory, summarise } from './summary.js';

/** The residual, or what convergence was judged by instead. */
const reached = ({ residual, judgedBy }: ReturnType<typeof summarise>): string =>
  judgedBy ?? (residual === null || residual === 0 ? '–' : residual.toExponential(0));

const share = (value: number | undefined) => (value === undefined ? '–' : percent(value));
const fixed = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4));

/**
 * The comparison for a terminal: theory × layer with alignment and change, then what concerns a theory as a
 * whole.
 */
export function comparisonTable(solved: readonly MeasuredTheory[]): string {
  const summaries = solved.map(summarise);
  const approximate = approximationOf(summaries);
  const layers = [['theory', 'layer', 'CKA with YYᵀ', '‖C−K‖/‖K‖']];
  const totals = [
    [
      'theory',
      'time',
      'residual',
      evidenceHead(summaries),
      'left out of it',
      'training error',
      'test bias²',
      'variance',
      'loss',
      'right in training',
      'in test',
    ],
  ];
  for (const summary of summaries) {
    summary.cka.forEach((cka, l) => {
      const change = l === 0 ? '–' : summary.change[l].toFixed(4);
      layers.push([
        l === 0 ? summary.theory : '',
        l === 0 ? 'input' : String(l),
        withError(cka, summary.ckaStandardError?.[l]),
        change,
      ]);
    });
    const { test } = summary;
    totals.push([
      summary.theory,
      duration(summary.seconds),
      `${reached(summary)}${summary.converged ? '' : ' (not converged)'}`,
      withError(summary.logEvidence, summary.logEvidenceStandardError),
      leftOut(summary.logEvidenceLeftOut),
      fixed(summary.train.meanSquaredError),
      fixed(test?.meanSquaredError),
      fixed(test?.variance),
      fixed(test?.loss),
      share(summary.train.accuracy),
      share(test?.accuracy),
    ]);
  }
  const chosen = summaries.flatMap(({ details }) =>
    details?.auto ? [`\nauto took ${(details.auto as Choice).because}`] : [],
  );
  const modes = summaries.flatMap(({ theory, details }) =>
    modesOf(theory, details?.modes as readonly LayerModes[] | undefined),
  );
  const failures = summaries.flatMap((summary) => (summary.converged ? [] : [failure(summary)]));
  const measures = measureRows(summaries);
  // Of classes errors of outputs say nothing.
  const kept = summaries.some(({ train }) => train.meanSquaredError !== undefined) ? undefined : 4;
  const tables = [layers, withoutEmptyColumns(totals, kept), ...(measures ? [measures] : [])].map((rows) =>
    alignColumns(rows),
  );
  const said = approximate === undefined ? [] : [`\n${approximate}`];
  return [tables.join('\n\n'), ...said, ...chosen, ...modes, ...failures].join('\n');
}

type Approximated = Pick<ReturnType<typeof summarise>, 'logEvidenceApproximation'>;

/** The head of columns of the evidence, marked where it is approximate. */
export const evidenceHead = (summaries: readonly Approximated[]): string =>
  summaries.some(({ logEvidenceApproximation: by }) => by) ? '≈ ln p(Y|X)' : 'ln p(Y|X)';

/** That the evidence of classes is approximate, in a sentence; undefined where it is not. */
export function approximationOf(summaries: readonly Approximated[]): string | undefined {
  const by = summaries.find(({ logEvidenceApproximation: each }) => each)?.logEvidenceApproximation;
  return by && `≈ ln p(Y|X) of classes is approximate: outputs are integrated over by ${by}.`;
}

/**
 * What users of predictions ask: a row a theory with test targets, as cells for a terminal and a page;
 * undefined without any.
 */
export function measureRows(summaries: readonly ReturnType<typeof summarise>[]): string[][] | undefined {
  const ofClasses = summaries.some(({ test }) => test?.brierScore !== undefined);
  const rows = summaries.flatMap(({ theory, test }) => {
    if (!test) return [];
    if (ofClasses)
      return [
        [
          theory,
          fixed(test.logPredictiveDensity),
          fixed(test.brierScore),
          fixed(test.calibrationError),
          share(test.accuracy),
        ],
      ];
    const { rootMeanSquaredError: error, r2, logPredictiveDensity, coverage, accuracy } = test;
    const held = (['0.5', '0.9', '0.95'] as const).map((level) => share(coverage?.[level]));
    return [
      [
        theory,
        error?.toPrecision(4) ?? '–',
        fixed(r2),
        fixed(logPredictiveDensity),
        ...held,
        share(accuracy),
      ],
    ];
  });
  if (ofClasses) {
    const heads = ['at test points', 'ln p(y) per point', 'Brier score', 'calibration error', 'right'];
    return withoutEmptyColumns([heads, ...rows], 2);
  }
  const heads = [
    'at test points',
    'RMSE',
    'R²',
    'ln p(y) per target',
    'in 50 %',
    'in 90 %',
    'in 95 %',
    'right',
  ];
  return rows.length === 0 ? undefined : withoutEmptyColumns([heads, ...rows], 2);
}

/**
 * Theories beside sampled networks, layer by layer; undefined without networks or with nothing beside them.
 */
export function agreementTable(solved: readonly SolvedTheory[]): string | undefined {
  const rows = agreementRows(solved);
  return rows && `beside sampled networks\n\n${alignColumns(rows)}`;
}

/** The same as cells, for a terminal and a page. */
export function agreementRows(solved: readonly SolvedTheory[]): string[][] | undefined {
  const networks = networksAmong(solved);
  if (!networks) return undefined;
  const rows = solved.flatMap((entry) => {
    const agreement = agreementWith(networks, entry);
    if (!agreement) return [];
    const { layers, train, test } = agreement;
    const cells = ({ distance, inErrors }: OutputAgreement) =>
      `${distance.toFixed(4)} (${inErrors.toFixed(1)} s.e.)`;
    return layers
      .slice(1)
      .map(({ cka, ckaInErrors, distance, noise }, l) => [
        l === 0 ? entry.posterior.theory : '',
        String(l + 1),
        Number.isFinite(cka) ? `${signed(cka)} (${signed(ckaInErrors, 1)} s.e.)` : '–',
        `${distance.toFixed(4)} (noise ${noise.toFixed(4)})`,
        l === 0 ? cells(train) : '',
        l === 0 && test ? cells(test) : '',
      ]);
  });
  const heads = ['theory', 'layer', 'ΔCKA', 'kernel distance', 'training outputs', 'test outputs'];
  return rows.length === 0 ? undefined : [heads, ...rows];
}

const signed = (value: number, digits = 4) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(digits)}`;

/** Widths that stand for infinite ones. */
const BEYOND_REACH = 1e11;

/** Layers whose neurons fall into several modes, in words. */
const modesOf = (theory: string, modes: readonly LayerModes[] = []): string[] =>
  modes.map(({ layer, shares }) => {
    const parts = shares.map((part) => `${(100 * part).toFixed(0)} %`).join(', ');
    return `${theory}: the neurons of layer ${layer} fall into ${shares.length} modes (${parts})`;
  });

function failure({ theory, message, width }: ReturnType<typeof summarise>): string {
  const solvedAt = width.map((value) => Math.round(value)).join(', ');
  const reached = width.some((value) => value > BEYOND_REACH) ? 'infinite width' : `width ${solvedAt}`;
  return `\n${theory} did not converge: ${message}. Kernels are those of ${reached}.`;
}

/** What chains say about themselves, quantity by quantity. */
export function diagnosticsTable(
  diagnoses: readonly {
    name: string;
    mean: number;
    error: number;
    rhat: number;
    bulk: number;
    tail: number;
  }[],
  { acceptance, stepSize, divergences }: Readonly<Record<string, unknown>>,
): string {
  const rows = diagnoses.map(({ name, mean, error, rhat, bulk, tail }) => [
    name,
    withError(mean, error),
    readableRhat(rhat),
    String(Math.round(bulk)),
    String(Math.round(tail)),
  ]);
  const list = (values: unknown, digits: number) =>
    (values as number[]).map((value) => value.toPrecision(digits)).join(', ');
  return [
    alignColumns([['quantity', 'mean of draws', 'R̂', 'effective draws', 'in the tails'], ...rows]),
    `acceptance of the chains ${list(acceptance, 2)}; step sizes ${list(stepSize, 3)}; divergent ${divergences}`,
  ].join('\n');
}
