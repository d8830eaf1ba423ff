import { useEffect, useState } from 'react';
import type { Setup } from '../setup';
import type { Update } from './useSetup';
import type { Solution } from './useSolution';

/** What can be walked through: a number of the setup, or the pictures of the solver. */
export const WALKS = {
  width: [2000, 1000, 500, 250, 125, 80, 50, 32, 20],
  layers: [1, 2, 3, 4, 5],
  featureScale: [1, 1.5, 2, 3, 4, 6],
} as const;
export type Walk = keyof typeof WALKS | 'iterations';

/** Milliseconds that a step stays. */
const HOLD = 900;
const FRAME = 350;

export interface Play {
  readonly walk: Walk;
  readonly playing: boolean;
  /** what is to be shown: the solution, or one of the pictures on the way to it */
  readonly shown: Solution;
  choose(walk: Walk): void;
  toggle(): void;
}

/** The solution as it was at one of its pictures. */
function atFrame(solution: Solution, frame: number): Solution {
  const iterate = solution.history[frame];
  const { found } = solution;
  if (!found || !iterate) return solution;
  return { ...solution, found: { ...found, iterate, solved: undefined } };
}

/** Walks a number of the setup, each step when the one before has been solved and seen. */
export function usePlay(setup: Setup, update: Update, solution: Solution): Play {
  const [walk, setWalk] = useState<Walk>('width');
  const [step, setStep] = useState<number>();
  const playing = step !== undefined;
  const arrived = solution.pending === undefined && !solution.stale;
  const steps = walk === 'iterations' ? solution.history.length : WALKS[walk].length;
  useEffect(() => {
    if (step === undefined || !arrived) return;
    if (solution.error || solution.cancelled) return setStep(undefined);
    if (walk !== 'iterations' && setup[walk] !== WALKS[walk][step])
      return update({ [walk]: WALKS[walk][step] });
    const next = () => setStep(step + 1 < steps ? step + 1 : undefined);
    const timer = setTimeout(next, walk === 'iterations' ? FRAME : HOLD);
    return () => clearTimeout(timer);
  }, [step, arrived, walk, steps, setup, update, solution.error, solution.cancelled]);
  return {
    walk,
    playing,
    shown: playing && walk === 'iterations' ? atFrame(solution, step) : solution,
    choose: (chosen) => {
      setStep(undefined);
      setWalk(chosen);
    },
    toggle: () => setStep(playing ? undefined : 0),
  };
}
