import type { Found } from '../hooks/useSolution';

interface Measure {
  readonly name: string;
  readonly now?: number;
  readonly before?: number;
  readonly error?: number;
}

/** Numbers of two setups, one beside the other, with the error of their difference where it is known. */
export function measuresOf(now: Found, pinned: Found): Measure[] {
  const [a, b] = [now.solved, pinned.solved];
  const both = (x?: number, y?: number) => Math.hypot(x ?? 0, y ?? 0) || undefined;
  return [
    {
      name: 'CKA, output',
      now: a?.cka.at(-1),
      before: b?.cka.at(-1),
      error: both(a?.ckaError?.at(-1), b?.ckaError?.at(-1)),
    },
    {
      name: 'ln p(Y|X)',
      now: a?.logEvidence,
      before: b?.logEvidence,
      error: both(a?.evidenceStandardError, b?.evidenceStandardError),
    },
    { name: 'test loss', now: a?.testLoss, before: b?.testLoss },
    { name: 'accuracy', now: a?.testAccuracy, before: b?.testAccuracy },
  ].filter(({ now: x, before }) => x !== undefined && before !== undefined);
}
