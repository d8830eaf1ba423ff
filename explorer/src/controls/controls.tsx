import type { Update } from '../hooks/useSetup';
import { INFINITE, PATCHES, type Setup } from '../setup';
import { Choice } from '../ui/choice';
import { Slider } from '../ui/slider';
import { ActivationChoice } from './activation';
import { DataControls } from './dataControls';
import { culpritOf, type Numeric, RANGES } from './ranges';
import { TheoryChoice } from './theory';

export interface ControlsProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly error?: string;
}

const PATCH_NAMES = PATCHES.map(
  (side) => [String(side), side === 0 ? 'dense layers' : `${side} × ${side} patches first`] as const,
);

/** Everything that can be changed. */
export function Controls({ setup, update, error }: ControlsProps) {
  const culprit = culpritOf(error);
  const slider = (name: Numeric) => (
    <Slider
      name={name}
      {...RANGES[name]}
      value={setup[name]}
      shown={setup[name] === INFINITE ? '∞' : undefined}
      error={culprit === name ? error : undefined}
      onChange={(value) => update({ [name]: value })}
    />
  );
  return (
    <form className="controls" aria-label="Setup" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Network</legend>
        {slider('width')}
        {slider('layers')}
        {setup.source === 'mnist' && (
          <Choice
            label="architecture"
            help="A convolution sees patches of the image with the same weights; the layers above are dense."
            value={String(setup.patch)}
            options={PATCH_NAMES}
            onChange={(side) => update({ patch: Number(side) })}
          />
        )}
        <ActivationChoice
          value={setup.activation}
          error={culprit === 'activation' ? error : undefined}
          onChange={(activation) => update({ activation })}
        />
        {slider('weightVariance')}
        {slider('biasVariance')}
        {slider('featureScale')}
      </fieldset>
      <fieldset>
        <legend>Data</legend>
        <DataControls
          setup={setup}
          update={update}
          error={culprit === 'source' ? error : undefined}
          slider={slider}
        />
      </fieldset>
      <fieldset>
        <legend>Inference</legend>
        {slider('noiseVariance')}
        <TheoryChoice setup={setup} update={update} />
      </fieldset>
    </form>
  );
}
