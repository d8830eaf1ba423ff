import type { Task } from '../../numerics/parallel/executor.js';
import { applyTask, multiplySlopesTask } from './apply.js';
import { chainTask } from './kernel.js';
import { pullbackTask, pushforwardTask } from './response.js';

// biome-ignore lint/suspicious/noExplicitAny: a list of tasks of different arguments
export const activationTasks: readonly Task<any>[] = [
  applyTask,
  multiplySlopesTask,
  chainTask,
  pushforwardTask,
  pullbackTask,
];
