import type { Task } from '../numerics/parallel/executor.js';
import { applyTask, multiplySlopesTask } from './apply.js';
import { gaussianTasks } from './gaussian.js';

// biome-ignore lint/suspicious/noExplicitAny: a list of tasks of different arguments
export const activationTasks: readonly Task<any>[] = [applyTask, multiplySlopesTask, ...gaussianTasks];
