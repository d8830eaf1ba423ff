import { activationTasks } from '../activations/operators/tasks.js';
import type { Task } from '../numerics/parallel/executor.js';
import { numericsTasks } from '../numerics/parallel/tasks.js';
import { drawTask } from '../prior/drawKernels.js';
import { momentRowTask, momentTask } from '../prior/fourPoint/exactFourPoint.js';
import { sweepTask } from '../sampling/chains.js';
import { readTiltTask } from '../solving/tilted/readTilt.js';

/** Every task that a worker thread may be asked to run. */
// biome-ignore lint/suspicious/noExplicitAny: each task checks its own arguments at the call
export const tasks = new Map<string, Task<any>>(
  [...numericsTasks, ...activationTasks, momentTask, momentRowTask, drawTask, sweepTask, readTiltTask].map(
    (task) => [task.name, task],
  ),
);
