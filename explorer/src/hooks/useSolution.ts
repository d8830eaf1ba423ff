import { useEffect, useRef, useState } from 'react';
import { callback } from '../engine/client';
import type { Infinite, Iterate, SliceView, Solved, Spectra } from '../engine/messages';
import { solver } from '../engine/solver';
import { problemFile, type Setup, theoryOf } from '../setup';

/** Milliseconds that a slider may rest before a solve starts. */
const REST = 40;
/** Points of the predictor's picture along a side. */
const SLICE = 25;

/** What is known of the setup so far; views of an earlier one stay until the next is there. */
export interface Solution {
  readonly infinite?: Infinite;
  /** the latest picture of a solver at work */
  readonly iterate?: Iterate;
  readonly solved?: Solved;
  readonly spectra?: Spectra;
  readonly slice?: SliceView;
  readonly busy: boolean;
  /** why the setup makes no sense */
  readonly error?: string;
}

/** The kernels to show: solved, being solved, or those of infinite width. */
export function kernelsOf({ infinite, iterate, solved }: Solution): readonly Float64Array[] {
  return solved?.kernels ?? iterate?.kernels ?? infinite?.kernels ?? [];
}

/** Solves the setup by its theory, again whenever either changes, and leaves what it was doing when they do. */
export function useSolution(setup: Setup): Solution {
  const [solution, setSolution] = useState<Solution>({ busy: true });
  const opened = useRef(false);
  const task = JSON.stringify([problemFile(setup), theoryOf(setup), setup.source]);
  useEffect(() => {
    let current = true;
    const show = (change: (now: Solution) => Solution) => current && setSolution(change);
    const [file, theory, source] = JSON.parse(task);
    performance.mark('setup');
    show((now) => ({ ...now, busy: true }));
    const solve = () =>
      solver.run(async (engine) => {
        const infinite = await engine.infinite(file);
        performance.mark('infinite');
        show(() => ({ infinite, busy: true }));
        const picture = (iterate: Iterate) => {
          performance.mark('picture');
          show((now) => ({ ...now, iterate }));
        };
        const solved = await engine.solve(file, theory, callback(picture));
        performance.mark('solved');
        show((now) => ({ ...now, solved, busy: false }));
        const spectra = current ? await engine.spectra() : undefined;
        show((now) => ({ ...now, spectra }));
        const slice = current ? await engine.slice(source, SLICE) : undefined;
        show((now) => ({ ...now, slice }));
        // Theories that do not know it themselves have a quick slice, and need the first order to be told.
        const leftOut = current && solved.leftOut === undefined ? await engine.leftOut() : solved.leftOut;
        show((now) => ({ ...now, solved: { ...solved, leftOut } }));
      });
    const rest = opened.current ? REST : 0;
    opened.current = true;
    const timer = setTimeout(() => {
      solve().catch((error: Error) => show((now) => ({ ...now, busy: false, error: error.message })));
    }, rest);
    return () => {
      current = false;
      clearTimeout(timer);
      void solver.cancel();
    };
  }, [task]);
  return solution;
}
