import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { createProblem } from '../../problem/createProblem.js';
import type { Problem } from '../../problem/problem.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { type Variation, zipped } from '../../problem/variations.js';
import type { Along, AtSetting } from '../../report/along.js';
import { summarise } from '../../report/summary.js';
import { theoryByName } from '../../theories/registry.js';
import { checkMemory } from '../../theories/solve.js';
import type { TheoryOptions } from '../../theories/theory.js';
import { solveTheory } from '../solveTheory.js';

/** The first of the keys is what figures and tables show. @throws InputError if it is no number, or of the data */
export function checkVariations(spec: ProblemSpec, variations: readonly Variation[]): void {
  const data = variations.find(({ key }) => key === 'data' || key.startsWith('data.'));
  if (data)
    throw new InputError(`--vary ${data.key}: theories are compared on the same data; vary keys of network, or noiseVariance`);
  const [{ key, values }] = variations;
  const bad = values.find((value) => typeof value !== 'number');
  if (bad !== undefined)
    throw new InputError(`--vary ${key}: ${JSON.stringify(bad)} is no number; the first key is the axis of a figure`);
  zipped(spec, variations);
}

/** Every theory at every setting, on the same data. */
export async function compareAlong(
  problem: Problem,
  spec: ProblemSpec,
  variations: readonly Variation[],
  theories: readonly string[],
  compute: Compute,
  options: TheoryOptions,
): Promise<Along> {
  const [{ key }] = variations;
  const variants = zipped(spec, variations).sort((a, b) => Number(a.settings[key]) - Number(b.settings[key]));
  const problems = variants.map(({ spec: { network, noiseVariance } }) =>
    createProblem({ data: problem.data, network, noiseVariance }),
  );
  for (const each of problems) for (const name of theories) checkMemory(theoryByName(name), each, compute, options);
  const settings: AtSetting[] = [];
  for (const [k, { settings: changed }] of variants.entries()) {
    const summaries = [];
    for (const name of theories) {
      const label = `${key} ${changed[key]} (${k + 1}/${variants.length}) ${name}`;
      summaries.push(summarise(await solveTheory(problems[k], name, compute, options, label)));
    }
    settings.push({ value: Number(changed[key]), settings: changed, theories: summaries });
  }
  return { key, settings };
}
