import { productTask } from '../wasm/product.js';
import { blockDotsTask, scaleBlocksTask } from './blocks.js';
import type { Task } from './executor.js';
import { mirrorTask } from './mirror.js';
import { normalsTask } from './normals.js';
import { rowDotsTask, scaleRowsTask } from './rows.js';

// biome-ignore lint/suspicious/noExplicitAny: a list of tasks of different arguments
export const numericsTasks: readonly Task<any>[] = [
  productTask,
  mirrorTask,
  normalsTask,
  rowDotsTask,
  scaleRowsTask,
  blockDotsTask,
  scaleBlocksTask,
];
