import type { Setup } from '../setup';

/** A setup as JSON has it: infinite width is a word. */
export type PlainSetup = { readonly [Key in keyof Setup]?: Setup[Key] | 'infinite' };

export type Theme = 'dark' | 'light';

/** What the frame of a notebook says to the page. */
export type ToPage =
  | { readonly kind: 'theme'; readonly theme?: Theme }
  | { readonly kind: 'setup'; readonly setup: PlainSetup }
  | { readonly kind: 'file'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'digit'; readonly digit: number; readonly bytes: Uint8Array };

/** What a notebook is told of a solution; kernels follow one another in `arrays`, adapted ones first. */
export interface Result {
  readonly theory?: string;
  readonly converged?: boolean;
  readonly message?: string;
  readonly samples?: number;
  readonly layers?: number;
  readonly cka?: readonly number[];
  readonly ckaError?: readonly number[];
  readonly ckaInfinite?: readonly number[];
  readonly logEvidence?: number;
  readonly seconds?: number;
  readonly error?: string;
}

/** What the page says to the frame of a notebook. */
export type FromPage =
  | { readonly kind: 'setup'; readonly setup: PlainSetup }
  | { readonly kind: 'digit'; readonly digit: number }
  | { readonly kind: 'result'; readonly result: Result; readonly arrays?: Float64Array };
