import type { Update } from '../hooks/useSetup';
import { INFINITE, type Setup, THEORIES, theoryOf } from '../setup';
import { Choice } from '../ui/choice';

const NAMES: Readonly<Record<string, string>> = {
  nngp: 'nngp: infinite width',
  linearResponse: 'linearResponse: one step',
  rescaling: 'rescaling: a factor a layer',
  exactLinear: 'exactLinear: linear, exactly',
  perturbative: 'perturbative: first order',
  map: 'map: full equations',
  multiscale: 'multiscale: fluctuations too',
};

const HELP: Readonly<Record<string, string>> = {
  nngp: 'Infinite width: a Gaussian process with the kernels that the network has before data.',
  linearResponse:
    'First order in 1/N in one step: prior fluctuations of the kernels times the pull of the data.',
  rescaling: 'Kernels keep their shape and are multiplied by one number a layer, averaged over.',
  exactLinear: 'Deep linear networks at any width, exactly.',
  perturbative:
    'The equations of the paper, forward and backward through all layers, first order in the conjugate kernels.',
  map: 'The full equations for the most probable kernels, their averages sampled. Seconds to minutes.',
  multiscale:
    'The full equations with the fluctuations of the outputs, for as many points as neurons. Seconds to minutes.',
};

/** By which theory the setup is solved. */
export function TheoryChoice({ setup, update }: { readonly setup: Setup; readonly update: Update }) {
  const theory = theoryOf(setup);
  const offered = THEORIES.filter(
    (name) => name !== 'exactLinear' || name === setup.theory || setup.activation === 'linear',
  );
  const choose = (name: string) =>
    update({ theory: name, ...(setup.width === INFINITE && name !== 'nngp' ? { width: 50 } : {}) });
  return (
    <Choice
      label="theory"
      help={HELP[theory] ?? theory}
      value={theory}
      options={offered.map((name) => [name, NAMES[name] ?? name])}
      onChange={choose}
    />
  );
}
