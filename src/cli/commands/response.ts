import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { type Propagation, responses } from '../../criticality/responses.js';
import { loadProblem } from '../../io/loadProblem.js';
import { requireMemory } from '../../numerics/compute.js';
import { alignColumns, finiteJson } from '../../report/format.js';
import { describeProblem } from '../../report/summary.js';

const digits = (value: number | undefined): string => (value === undefined ? '' : value.toPrecision(4));

function table({ name, forward, kept, backward }: Propagation): string {
  const rows = backward.map((back, l) => [
    l === 0 ? 'input' : String(l),
    digits(forward[0][l]),
    digits(kept[0][l]),
    // From this layer to the output.
    digits(forward[l][forward[l].length - 1]),
    digits(back),
  ]);
  return `${name}\n${alignColumns([['layer', 'from the input', 'of it along itself', 'to the output', 'back from the output'], ...rows])}`;
}

async function response(source: string, { json }: { readonly json?: boolean }): Promise<void> {
  const { problem, spec, warnings } = await loadProblem(source);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const compute = await defaultCompute();
  const { rows } = problem.data.x;
  requireMemory(compute, 8 * rows * rows * (problem.network.hiddenLayers + 8), rows, 'responses');
  const { propagations, phase } = responses(problem, compute);
  if (json) {
    const result = { ...describeProblem(problem, compute), problem: spec, responses: propagations, phase };
    process.stdout.write(`${finiteJson(result)}\n`);
    return;
  }
  const scales = `layers like the first hidden one are ${phase.phase}: χ = ${digits(phase.chi)}, ξ_c = ${digits(phase.xiC)}, ξ_q = ${digits(phase.xiQ)} layers`;
  const meaning =
    'Norm of what a change of unit norm in one layer becomes in another, at infinite width; along a direction of the data:';
  process.stdout.write(`${meaning}\n\n${propagations.map(table).join('\n\n')}\n\n${scales}\n`);
}

export function responseCommand(): Command {
  return new Command('response')
    .description('How a change of one kernel reaches the other layers, forward and backward, in the directions of the data')
    .argument('<problem>', 'a problem file (JSON) or the name of a preset: xor, mnist')
    .option('--json', 'print the result as JSON on the standard output')
    .action((source: string, flags: { readonly json?: boolean }) => response(source, flags));
}
