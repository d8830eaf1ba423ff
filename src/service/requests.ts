import type { Handler } from './handler.js';
import { alignment, arrays, fitted, predict, summary } from './requests/ask.js';
import { dataset, optionsOfTheory, theoryNames } from './requests/data.js';
import { keep, restore } from './requests/keep.js';
import { diagram, phase } from './requests/phase.js';
import { comparison, report } from './requests/report.js';
import { evidenceError, problem, release, solve } from './requests/solve.js';

/** All that a program can ask. */
export const requests: Readonly<Record<string, Handler>> = {
  alignment,
  arrays,
  comparison,
  dataset,
  diagram,
  evidenceError,
  fitted,
  keep,
  phase,
  predict,
  options: optionsOfTheory,
  problem,
  release,
  report,
  restore,
  solve,
  summary,
  theories: theoryNames,
};
