import { agreementWith, networksAmong } from '../../report/agreement.js';
import { describeProblem, summarise } from '../../report/summary.js';
import { agreementTable, comparisonTable } from '../../report/table.js';
import type { Handler } from '../handler.js';

/** { posteriors } → what compare.json says of them, and the tables that a terminal shows. */
export const comparison: Handler = async ({ posteriors }, { store, compute }) => {
  const held = (posteriors as number[]).map((handle) => store.get(handle));
  const solved = held.map((entry) => entry.solved());
  const networks = networksAmong(solved);
  const theories = solved.map((entry) => {
    const besideNetworks = networks && agreementWith(networks, entry);
    return { ...summarise(entry), ...(besideNetworks ? { besideNetworks } : {}) };
  });
  const tables = [comparisonTable(solved), agreementTable(solved)].filter((table) => table !== undefined);
  const { problem } = solved[0].posterior;
  const described = describeProblem(problem, await compute(), held[0].of.warnings);
  return { value: { result: { ...described, theories }, text: tables.join('\n\n') } };
};

/**
 * { posteriors, embedded } → the report with its pictures: a page, or what a page can hold among other
 * things.
 */
export const report: Handler = async ({ posteriors, embedded }, { store, compute }) => {
  const held = (posteriors as number[]).map((handle) => store.get(handle));
  const solved = held.map((entry) => entry.solved());
  // Loaded late: plotting is most of what there is to load.
  const { reportPage, reportPart } = await import('../../report/html.js');
  const { problem } = solved[0].posterior;
  const page = embedded ? reportPart : reportPage;
  return { value: page(problem, solved, await compute(), held[0].of.warnings) };
};
