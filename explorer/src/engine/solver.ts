import { EngineClient } from './client';

/** The worker that solves the setup. */
export const solver = new EngineClient();
