import type { Matrix } from '../numerics/matrix.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { sizeCheck } from '../prior/kernelSize.js';
import type { Problem } from '../problem/problem.js';
import { gatherSymmetric } from './gather.js';
import { DistributedOutput } from './gaussianOutput.js';
import { inputKernel, kernelAbove, type LowerKernel, newRows } from './lowerKernel.js';
import { type KernelMeasures, measure } from './measures.js';
import type { ProcessGrid } from './processGrid.js';
import type { DistributedTheory } from './solution.js';

function outputOf(grid: ProcessGrid, problem: Problem, kernel: LowerKernel): DistributedOutput {
  try {
    return new DistributedOutput(grid, problem, kernel);
  } catch (error) {
    throw explainSingular(error, problem);
  }
}

/**
 * The limit N → ∞ (theory §3): every kernel in the place of the one below, measured, and in the end
 * factorised there.
 */
export const nngp: DistributedTheory = {
  name: 'nngp',
  matrices: 1,
  *iterate(grid, { problem, compute, kernels: wanted }) {
    const { network, data } = problem;
    const { hiddenLayers } = network;
    const check = sizeCheck(data.x);
    const gathered: (Matrix | undefined)[] = [];
    const measured: KernelMeasures[] = [];
    const known: Float64Array[] = [];
    let kernel = grid.together(() => inputKernel(grid, problem, compute));
    for (let l = 0; ; l++) {
      grid.together(() => check(kernel.own, l));
      measured.push(measure(grid, kernel.matrix, data.y));
      if (wanted) gathered.push(gatherSymmetric(grid, kernel.matrix));
      yield progress((0.4 * (l + 1)) / (hiddenLayers + 1), 'kernels');
      if (l === hiddenLayers) break;
      known.push(kernel.known);
      kernel = grid.together(() => kernelAbove(network, l + 1, kernel, compute));
    }
    const output = outputOf(grid, problem, kernel);
    yield progress(0.9, 'predictions');
    const rowsOf = (columns: Int32Array, x: Matrix) => newRows(problem, columns, known, x, compute);
    const centred = measured.map((layer) => layer.centred);
    return {
      theory: 'nngp',
      problem,
      convergence: { converged: true, residual: 0, iterations: 1, widthScale: 1 },
      logEvidence: output.logEvidence,
      alignment: () => centred,
      nngpAlignment: () => centred,
      uncentredAlignment: () => measured.map((layer) => layer.uncentred),
      change: () => measured.map(() => 0),
      trainMean: output.trainMean(),
      ...(data.xTest ? { test: output.predict(data.xTest, rowsOf) } : {}),
      ...(wanted && grid.speaks ? { kernels: gathered as Matrix[] } : {}),
    };
  },
};

const progress = (fraction: number, stage: string) => ({
  iteration: 1,
  residual: 0,
  widthScale: 1,
  fraction,
  stage,
});
