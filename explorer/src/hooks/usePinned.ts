import { useCallback, useRef, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import { optionsOf, type Setup, taskOf, theoryOf } from '../setup';
import type { Found } from './useSolution';

const client = new EngineClient();

/** All that is compared of a setup, computed beside what the page shows. */
async function foundOf(setup: Setup, wanted: () => boolean): Promise<Found | undefined> {
  const [file, theory] = [taskOf(setup), theoryOf(setup)];
  return client.run(async (engine) => {
    const infinite = await engine.infinite(file);
    // Going on would end what was asked instead.
    if (!wanted()) return undefined;
    const nothing = callback(() => {});
    const solved = await engine.solve(file, theory, optionsOf(theory, setup), nothing, nothing);
    return { setup, infinite, solved, spectra: await engine.spectra() };
  });
}

interface Pinned {
  readonly pinned?: Found;
  pin(found: Found | undefined): void;
  /** Computes a setup and pins it. */
  pinSetup(setup: Setup): void;
}

/** A setup that the others are compared with. */
export function usePinned(): Pinned {
  const [pinned, setPinned] = useState<Found>();
  const asked = useRef(0);
  const pin = useCallback((found: Found | undefined) => {
    asked.current++;
    setPinned(found);
  }, []);
  const pinSetup = useCallback((setup: Setup) => {
    const mine = ++asked.current;
    setPinned(undefined);
    // Without it the story still stands: what cannot be computed is left out of the comparison.
    void foundOf(setup, () => mine === asked.current)
      .catch(() => undefined)
      .then((found) => mine === asked.current && setPinned(found));
  }, []);
  return { pinned, pin, pinSetup };
}
