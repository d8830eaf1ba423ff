import { EngineClient } from './client';

/** The worker that solves the setup; it starts while the page is still being read. */
export const solver = new EngineClient();
solver.warm();
