import { createProblem } from '../problem/createProblem.js';
import type { Problem } from '../problem/problem.js';
import { theoryByName } from '../theories/registry.js';
import { sampleCount } from '../theories/tilted/tiltedSamples.js';
import type { SweepTask } from './task.js';

/** A worker before its first task: Node, the libraries, buffers. */
const WORKER_BYTES = 2.5e8;
/** Samples behind four-point functions, and draws of networks, unless options say otherwise. */
const SAMPLES = 8192;
const DRAWS = 2000;

/** The problem of a task without its numbers: enough to count matrices and operations. */
export function outline({ spec, size }: Pick<SweepTask, 'spec' | 'size'>): Problem {
  const problem = createProblem({ data: { x: [[0], [1]], y: [0, 1] }, network: spec.network, noiseVariance: spec.noiseVariance });
  const empty = (rows: number, columns: number) => ({ rows, columns, data: new Float64Array(0) });
  return { ...problem, data: { ...problem.data, x: empty(size.samples, size.dimension), y: empty(size.samples, 1) } };
}

/** Bytes that a task takes at most, its worker included. */
export function memoryOf(task: SweepTask): number {
  const { samples, dimension } = task.size;
  const matrices = theoryByName(task.theory).matrices(outline(task), task.options);
  return WORKER_BYTES + 8 * samples ** 2 * matrices + 16 * samples * dimension;
}

/** Terms whose times add up, by theory; docs/scaling.md has their meaning and how well they do. */
export function termsOf(task: Pick<SweepTask, 'spec' | 'size' | 'theory' | 'options'>): number[] {
  const problem = outline(task);
  const { hiddenLayers: layers, widths } = problem.network;
  const { samples: p, dimension: d } = task.size;
  const { theory, options } = task;
  switch (theory) {
    case 'linearResponse':
    case 'perturbative': {
      const averaged = layers * (options.samples ?? SAMPLES) * p ** 2;
      return [1, averaged, layers * p ** 3];
    }
    case 'exactLinear':
      return [1, layers * p ** 2, layers * p ** 3];
    case 'map':
    case 'multiscale': {
      const averaged = layers * sampleCount(problem, options) * p ** 2;
      return [1, averaged, layers * sampleCount(problem, options) * p];
    }
    case 'sampled': {
      const inputs = [Math.min(d, p), ...widths];
      const weights = widths.reduce((sum, width, l) => sum + inputs[l] * width, 0);
      const draws = (options.draws ?? DRAWS) * 1.5;
      return [
        1,
        draws * p * weights,
        draws * (p ** 2 * widths[layers - 1] + p ** 3),
        draws * p * widths.reduce((a, b) => a + b, 0),
      ];
    }
    default:
      return [1, layers * p ** 2, p ** 3 + p ** 2 * d];
  }
}

/** Seconds a unit of each term on one thread, fitted by bench/scaling.js on the machine that docs/scaling.md names. */
export const SECONDS: Readonly<Record<string, readonly number[]>> = {
  nngp: [0.00029, 2.9e-8, 6.5e-11],
  rescaling: [0.13, 4e-7, 1.6e-9],
  exactLinear: [0.058, 5.3e-7, 2.7e-9],
  linearResponse: [0.033, 7.1e-10, 0],
  perturbative: [0.11, 9.2e-9, 0],
  map: [0, 2.1e-8, 4.5e-6],
  multiscale: [0, 2e-8, 6e-6],
  sampled: [1.1, 7.5e-9, 1.6e-10, 1.6e-7],
};

/** About how many seconds a task takes on one thread: within a factor of two for erf; activations by quadrature take longer. */
export function secondsOf(task: SweepTask): number {
  const seconds = SECONDS[task.theory] ?? SECONDS.perturbative;
  return termsOf(task).reduce((sum, term, k) => sum + term * (seconds[k] ?? 0), 0);
}

/** Bytes of the most demanding of these tasks, of which there may be a million. */
export const largestMemory = (tasks: readonly SweepTask[]): number =>
  tasks.reduce((most, task) => Math.max(most, memoryOf(task)), 0);
