import type { Matrix } from '../numerics/matrix.js';
import type { KernelState } from './kernelState.js';

/** C̃⁽ˡ⁾ at index l, where it is known. */
export type Conjugates = readonly (Matrix | undefined)[];

/** Self-consistent equations for what a theory solves for. */
export interface KernelSystem<State extends KernelState> {
  /**
   * What the equations make of a state at widths N_l · scale, and the conjugate kernels met on the way. The
   * image shares no matrix with the state but the input. @throws NotPositiveDefiniteError outside the region
   * where the equations hold
   */
  sweep(state: State, scale: number): { image: State; conjugates: (Matrix | undefined)[] };
  /**
   * Where averages are over samples: another map with the same fixed points, from one measure a layer, for
   * walks whose steps are small.
   *
   * @param held C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾ that tilt the measures, in place of those that these samples find
   */
  follow?(
    state: State,
    scale: number,
    held?: Conjugates,
  ): { image: State; conjugates: (Matrix | undefined)[] };
  /**
   * Where averages are over samples: adapts the measures that samples are drawn from to a state. Between
   * calls `sweep` is one smooth function.
   */
  adapt?(state: State, scale: number): void;
  /** Where averages are over samples: the next sweep draws samples anew. */
  refresh?(): void;
  /**
   * Where averages are over samples: until then they are averages over the same samples from the same
   * measures.
   */
  hold?(): void;
  /** Where averages are over weighted samples: truncates their weights lower than usual, or no longer. */
  lower?(lowered: boolean): void;
  /**
   * Where averages are over samples: the typical effective share of the samples since it was asked for last.
   */
  typicalShare?(): number;
}
