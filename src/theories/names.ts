import type { TheoryOptions } from './theory.js';

/** The options of each theory by its name, besides the seed, which every one takes (what is exact needs none). A test compares them with what theories use. */
export const OPTIONS_BY_THEORY = {
  auto: [
    'accuracy',
    'seconds',
    'variant',
    'samples',
    'fourPoint',
    'tolerance',
    'maxIterations',
    'start',
    'draws',
    'chains',
    'sampling',
  ],
  nngp: [],
  rescaling: ['variant'],
  exactLinear: [],
  linearResponse: ['samples', 'fourPoint'],
  perturbative: ['samples', 'fourPoint', 'tolerance', 'maxIterations', 'start'],
  map: ['samples', 'tolerance', 'maxIterations', 'start'],
  multiscale: ['samples', 'tolerance', 'maxIterations', 'start'],
  sampled: ['draws', 'chains', 'sampling'],
} as const satisfies Record<string, readonly (keyof TheoryOptions)[]>;

/** Names of theories, for completion; a misspelling does not compile. */
export type TheoryName = keyof typeof OPTIONS_BY_THEORY;

/** What the theory of a name understands: options that it does not use do not compile. */
export type OptionsOf<Name extends TheoryName> = Pick<TheoryOptions, 'seed' | (typeof OPTIONS_BY_THEORY)[Name][number]>;
