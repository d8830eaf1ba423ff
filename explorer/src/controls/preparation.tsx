import type { Update } from '../hooks/useSetup';
import { LABELS, type Setup } from '../setup';
import { Choice } from '../ui/choice';

const LABEL_NAMES: Readonly<Record<string, string>> = {
  auto: 'classes if they look like it',
  classes: 'classes',
  numbers: 'numbers',
};

interface PreparationProps {
  readonly setup: Setup;
  readonly update: Update;
}

/** What becomes of the user's own data: whether targets are classes, and which columns are standardised. */
export function Preparation({ setup, update }: PreparationProps) {
  const box = (name: 'standardizeInputs' | 'standardizeTargets', label: string) => (
    <label className="box">
      <input
        type="checkbox"
        checked={setup[name]}
        onChange={(event) => update({ [name]: event.target.checked })}
      />
      {label}
    </label>
  );
  return (
    <>
      <Choice
        label="targets are"
        value={setup.labels}
        options={LABELS.map((name) => [name, LABEL_NAMES[name]])}
        onChange={(labels) => update({ labels })}
      />
      <fieldset className="control boxes">
        <legend className="title">standardize</legend>
        {box('standardizeInputs', 'inputs')}
        {box('standardizeTargets', 'targets')}
      </fieldset>
    </>
  );
}
