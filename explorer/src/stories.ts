import { DEFAULTS, INFINITE, type Setup } from './setup';

/** A case that shows one thing. */
export interface Story {
  readonly id: string;
  readonly title: string;
  /** what is seen, in a sentence */
  readonly says: string;
  readonly changes: Partial<Setup>;
  /** what to do next, in words and as changes */
  readonly next: string;
  readonly after: Partial<Setup>;
  /** a setup to stand beside it */
  readonly beside?: Partial<Setup>;
}

const XOR: Partial<Setup> = { source: 'xor', samples: 64, width: 60, weightVariance: 1.5 };

export const STORIES: readonly Story[] = [
  {
    id: 'align',
    title: 'Digits align',
    says: 'Images of 0 and of 3, sorted by digit: in the finite network (lower row) the two blocks stand out, and alignment with the task rises from layer to layer; at infinite width (upper row) it falls.',
    changes: {},
    next: 'Make it 2000 neurons wide',
    after: { width: 2000 },
  },
  {
    id: 'freeze',
    title: 'N → ∞ freezes',
    says: 'With 2000 neurons a layer the kernels hardly leave those of infinite width: learning features is an effect of finite width, of order 1/N.',
    changes: { width: 2000 },
    next: 'Make it 20 neurons narrow',
    after: { width: 20 },
  },
  {
    id: 'rich',
    title: 'Rich scaling',
    says: 'The same width learns much more when the readout is scaled down by γ: with γ = 10 the one hidden layer of 100 neurons turns towards 3 against 5.',
    changes: { digits: '3,5', layers: 1, width: 100, featureScale: 10 },
    next: 'Back to γ = 1, the lazy network',
    after: { featureScale: 1 },
  },
  {
    id: 'edge',
    title: 'Edge of chaos',
    says: 'Eight layers deep at infinite width, near the edge of chaos: the images still differ in the last layer. In order all become alike, in chaos all become strangers.',
    changes: { layers: 8, width: INFINITE, weightVariance: 1.45, biasVariance: 0.05 },
    next: 'Step into chaos, σ_w² = 4',
    after: { weightVariance: 4 },
  },
  {
    id: 'symmetry',
    title: 'A symmetry forbids learning',
    says: 'XOR does not change when all inputs change sign, but an erf network without biases does: it is odd, so its kernels hardly gain anything from the targets, at any width.',
    changes: { ...XOR, biasVariance: 0 },
    next: 'Break the symmetry by biases',
    after: { biasVariance: 0.1 },
  },
  {
    id: 'convolution',
    title: 'Convolution sees more',
    says: 'A first layer that looks at patches of 7 × 7 pixels, at infinite width: 3s and 8s are better aligned than in the dense network (pinned, blue), and the evidence is higher.',
    changes: {
      digits: '3,8',
      samples: 120,
      patch: 7,
      activation: 'relu',
      weightVariance: 2,
      width: INFINITE,
    },
    next: 'Look at patches of 4 × 4',
    after: { patch: 4 },
    beside: { patch: 0 },
  },
];

/** The whole setup of a story, or of its next step. */
export const setupOf = (story: Story, more: Partial<Setup> = {}): Setup => ({
  ...DEFAULTS,
  ...story.changes,
  ...more,
});

const same = (a: Setup, b: Setup) =>
  (Object.keys(DEFAULTS) as (keyof Setup)[]).every((key) => a[key] === b[key]);

/** The story that a setup is of, and whether it is its second step. */
export function storyOf(setup: Setup): { readonly story: Story; readonly done: boolean } | undefined {
  for (const story of STORIES) if (same(setup, setupOf(story))) return { story, done: false };
  for (const story of STORIES) if (same(setup, setupOf(story, story.after))) return { story, done: true };
  return undefined;
}
