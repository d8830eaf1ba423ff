import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { createProblem } from '../../problem/createProblem.js';
import type { Problem } from '../../problem/problem.js';
import { type ProblemSpec, parseProblem } from '../../problem/schema.js';
import { summarise } from '../../report/summary.js';
import type { AtWidth } from '../../report/widths.js';
import { theoryByName } from '../../theories/registry.js';
import { checkMemory } from '../../theories/solve.js';
import type { TheoryOptions } from '../../theories/theory.js';
import { solveTheory } from '../solveTheory.js';

const COUNT = 8;
const MOST = 200;

/** 20,50,100 as they are; 20..500 as 8 widths in equal ratios, 20..500:12 as 12. @throws InputError */
export function parseWidths(text: string): number[] {
  const range = /^\s*(\d+)\s*\.\.\s*(\d+)\s*(?::\s*(\d+)\s*)?$/.exec(text);
  const widths = range ? between(Number(range[1]), Number(range[2]), Number(range[3] ?? COUNT)) : text.split(',').map(Number);
  const bad = widths.some((width) => !Number.isSafeInteger(width) || width < 1);
  if (bad || text.trim() === '' || widths.length > MOST || (range && Number(range[1]) >= Number(range[2])))
    throw new InputError(
      `--widths "${text}": give a range such as 20..500, or 20..500:12 for 12 widths, or a list such as 20,50,100`,
    );
  return [...new Set(widths)].sort((a, b) => a - b);
}

function between(from: number, to: number, count: number): number[] {
  if (count < 2) return [Number.NaN];
  return Array.from({ length: count }, (_, k) => Math.round(from * (to / from) ** (k / (count - 1))));
}

/** The problem with another width of all hidden layers, on the same data. */
function withWidth(problem: Problem, spec: ProblemSpec, width: number): Problem {
  const { network, noiseVariance } = parseProblem({ ...spec, network: { ...spec.network, width } }, '--widths');
  return createProblem({ data: problem.data, network, noiseVariance });
}

/** Every theory at every width. */
export async function compareWidths(
  problem: Problem,
  spec: ProblemSpec,
  { theories, widths }: { readonly theories: readonly string[]; readonly widths: readonly number[] },
  compute: Compute,
  options: TheoryOptions,
): Promise<AtWidth[]> {
  const problems = widths.map((width) => withWidth(problem, spec, width));
  for (const each of problems) for (const name of theories) checkMemory(theoryByName(name), each, compute, options);
  const result: AtWidth[] = [];
  for (const [k, width] of widths.entries()) {
    const summaries = [];
    for (const name of theories) {
      const label = `width ${width} (${k + 1}/${widths.length}) ${name}`;
      summaries.push(summarise(await solveTheory(problems[k], name, compute, options, label)));
    }
    result.push({ width, theories: summaries });
  }
  return result;
}
