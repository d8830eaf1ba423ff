import type { Update } from '../hooks/useSetup';

/** Why some views are missing, where they would be empty. */
const MISSING =
  'At infinite width nothing is asked of the kernels, and every network has the same: views of what the data ask, of width, of sampled networks and of the prior need a finite width and a theory of it.';

/** Says so, and mends it. */
export const Missing = ({ update }: { readonly update: Update }) => (
  <p className="missing">
    {MISSING}{' '}
    <button type="button" onClick={() => update({ width: 50, theory: 'perturbative' })}>
      Make it 50 neurons wide
    </button>
  </p>
);
