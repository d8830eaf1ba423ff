// Posterior means of small structured networks by long runs of Hamiltonian Monte Carlo, with standard errors:
// what theories are tested against. node test/reference/make_structured.js [name ...] (after npm run build; a
// few minutes; the others stay as they are)
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createProblem, solve } from '../../dist/index.js';
import { structuredProblems } from './structuredProblems.js';

const file = fileURLToPath(new URL('structured.json', import.meta.url));
const names = process.argv.slice(2);
const result = names.length === 0 ? {} : JSON.parse(readFileSync(file, 'utf8'));
for (const [name, input] of Object.entries(structuredProblems)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const problem = createProblem(input);
  const posterior = await solve(problem, 'sampled', { draws: 16_000, seed: 1 });
  if (!posterior.convergence.converged) throw new Error(`${name}: ${posterior.convergence.message}`);
  const test = posterior.predict(problem.data.xTest);
  process.stdout.write(`${name} ${posterior.convergence.judgedBy}\n`);
  const list = (values) => Array.from(values, (value) => Number(value.toPrecision(8)));
  const top = posterior.kernels.length - 1;
  result[name] = {
    cka: list(posterior.alignment()),
    ckaError: list(posterior.uncertainty.cka),
    kernel: list(posterior.kernels[top].data),
    kernelError: list(posterior.uncertainty.kernels[top].data),
    trainMean: list(posterior.trainMean().data),
    trainMeanError: list(posterior.trainMeanError.data),
    mean: list(test.mean.data),
    meanError: list(test.meanError.data),
    variance: list(test.variance),
  };
}
writeFileSync(file, `${JSON.stringify(result, undefined, 1)}\n`);
