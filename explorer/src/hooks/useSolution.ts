import { useEffect, useRef, useState } from 'react';
import { callback } from '../engine/client';
import type { Advance, Infinite, Iterate, SliceView, Solved, Spectra } from '../engine/messages';
import { solver } from '../engine/solver';
import { isConvolutional, optionsOf, type Setup, taskOf, theoryOf } from '../setup';

/** Milliseconds that a slider may rest before a solve starts. */
const REST = 40;
/** Points of the predictor's picture along a side. */
const SLICE = 21;
/** Pictures of a solver at work that are kept, to be shown again. */
const KEPT = 40;

/** What is known of one setup, its own. */
export interface Found {
  readonly setup: Setup;
  readonly infinite: Infinite;
  /** the latest picture of a solver at work */
  readonly iterate?: Iterate;
  readonly solved?: Solved;
  readonly spectra?: Spectra;
  readonly slice?: SliceView;
}

/** How far the setup that is asked for is. */
export interface Pending {
  /** milliseconds since the epoch of performance.now */
  readonly since: number;
  readonly advance?: Advance;
}

export interface Solution {
  /** what views show: of one setup in all its parts */
  readonly found?: Found;
  /** whether that is an earlier setup than the one asked for */
  readonly stale: boolean;
  /** what is being computed */
  readonly pending?: Pending;
  /** why the setup makes no sense */
  readonly error?: string;
  /** pictures of the solver on its way to `found` */
  readonly history: readonly Iterate[];
  readonly cancelled: boolean;
  /** leaves what is being computed */
  cancel(): void;
  /** computes what was left */
  again(): void;
}

type State = Omit<Solution, 'cancel' | 'again'>;
const BEGINNING: State = { stale: false, history: [], cancelled: false };

/** The kernels by the theory, solved or being solved; none before there are any. */
export const adaptedOf = (found: Found | undefined): readonly Float64Array[] | undefined =>
  found?.solved?.kernels ?? found?.iterate?.kernels;

/**
 * Solves the setup by its theory, again whenever either changes, and leaves what it was doing when they do.
 */
export function useSolution(setup: Setup): Solution {
  const [state, setState] = useState<State>(BEGINNING);
  const [attempt, setAttempt] = useState(0);
  const opened = useRef(false);
  /** counts what was asked: answers to earlier questions are not shown, and ask for nothing more */
  const run = useRef(0);
  const task = JSON.stringify([taskOf(setup), theoryOf(setup), setup.source]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the task is what matters of a setup
  useEffect(() => {
    const mine = ++run.current;
    const show = (change: (now: State) => Partial<State>): boolean => {
      const current = run.current === mine;
      if (current) setState((now) => ({ ...now, ...change(now) }));
      return current;
    };
    const [file, theory, source] = JSON.parse(task);
    performance.mark('setup');
    show(({ found }) => ({
      pending: { since: performance.now() },
      cancelled: false,
      stale: found !== undefined,
    }));
    const solve = () => solver.run((engine) => solveOnce({ engine, file, theory, source, setup, show }));
    const timer = setTimeout(
      () => void solve().catch((error: Error) => show(() => ({ pending: undefined, error: error.message }))),
      opened.current ? REST : 0,
    );
    opened.current = true;
    return () => {
      run.current++;
      clearTimeout(timer);
      void solver.cancel();
    };
  }, [task, attempt]);
  const cancel = () => {
    run.current++;
    void solver.cancel();
    setState((now) => ({ ...now, pending: undefined, cancelled: true }));
  };
  return { ...state, cancel, again: () => setAttempt(attempt + 1) };
}

interface Once {
  readonly engine: Parameters<Parameters<typeof solver.run>[0]>[0];
  readonly file: Record<string, unknown>;
  readonly theory: string;
  readonly source: string;
  readonly setup: Setup;
  /**
   * Returns whether it is still this solve that is asked for: one that goes on would end the one that took
   * its place.
   */
  show(change: (now: State) => Partial<State>): boolean;
}

/** One solve, shown part by part; what was found before stays until there are kernels to take its place. */
async function solveOnce({ engine, file, theory, source, setup, show }: Once): Promise<void> {
  const infinite = await engine.infinite(file);
  performance.mark('infinite');
  const mine: Found = { setup, infinite };
  const begun = show(({ found }) =>
    found?.solved ? { error: undefined } : { found: mine, stale: false, error: undefined, history: [] },
  );
  if (!begun) return;
  let fresh = true;
  const picture = (iterate: Iterate) => {
    performance.mark('picture');
    const before = fresh ? [] : undefined;
    fresh = false;
    show(({ history }) => ({
      found: { ...mine, iterate },
      stale: false,
      history: [...(before ?? history), iterate].slice(-KEPT),
    }));
  };
  const advance = (how: Advance) =>
    show(({ pending }) => ({ pending: pending && { ...pending, advance: how } }));
  const solved = await engine.solve(
    file,
    theory,
    optionsOf(theory, setup),
    callback(picture),
    callback(advance),
  );
  performance.mark('solved');
  const history = fresh ? { history: [] } : {};
  if (!show(() => ({ found: { ...mine, solved }, stale: false, pending: undefined, ...history }))) return;
  const spectra = await engine.spectra();
  if (!show(() => ({ found: { ...mine, solved, spectra } }))) return;
  const slice = await engine.slice(source, SLICE);
  if (!show(() => ({ found: { ...mine, solved, spectra, slice } }))) return;
  // Theories that do not know it themselves have a quick slice, and need the first order to be told; of
  // convolutions that takes minutes.
  const leftOut = solved.leftOut ?? (isConvolutional(setup) ? undefined : await engine.leftOut());
  show(() => ({ found: { ...mine, solved: { ...solved, leftOut }, spectra, slice } }));
}
