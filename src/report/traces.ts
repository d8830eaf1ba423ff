import type { Matrix } from '../numerics/matrix.js';
import type { SamplingRun } from '../sampling/run.js';

/** What is watched, draw by draw: an array of chains × draws for each quantity. */
export function traceArrays({ chains, settings }: SamplingRun): Record<string, Matrix> {
  return Object.fromEntries(
    chains.names.map((name, k) => {
      const data = new Float64Array(settings.chains * settings.draws);
      chains.states.forEach(({ trace }, c) => {
        data.set(trace.data.subarray(k * settings.draws, (k + 1) * settings.draws), c * settings.draws);
      });
      return [
        name.replace(/\W+/g, '_').replace(/_$/, ''),
        { rows: settings.chains, columns: settings.draws, data },
      ];
    }),
  );
}
