import { SingleBar } from 'cli-progress';
import { duration } from '../report/format.js';
import type { Progress } from '../solving/progress.js';

/** What a progress line shows; residual and widths where there are any. */
export type Shown = Pick<Progress, 'fraction' | 'stage'> & Partial<Progress>;

export interface ProgressLine {
  update(progress: Shown): void;
  stop(): void;
}

/** A bar with the time left on the standard error, if that is a terminal; nothing anywhere else. */
export function progressLine(label: string): ProgressLine {
  if (!process.stderr.isTTY) return { update: () => {}, stop: () => {} };
  const format = `${label} {bar} {percentage} % · {stage} · {left}`;
  const bar = new SingleBar({
    format,
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const start = performance.now();
  bar.start(100, 0, { stage: 'starting', left: '' });
  return {
    update({ fraction, stage, residual = 0, widthScale = 1 }) {
      const elapsed = (performance.now() - start) / 1000;
      const left = fraction > 0.02 ? `${duration((elapsed * (1 - fraction)) / fraction)} left` : '';
      const width = widthScale > 1.005 ? ` at width × ${widthScale.toPrecision(3)}` : '';
      const detail =
        Number.isFinite(residual) && residual > 0 ? `, residual ${residual.toExponential(0)}` : '';
      bar.update(Math.round(100 * fraction), { stage: `${stage}${width}${detail}`, left });
    },
    stop: () => bar.stop(),
  };
}
