import type { Update } from '../hooks/useSetup';
import { LABELS, type Setup } from '../setup';
import { Choice } from '../ui/choice';

const LABEL_NAMES: Readonly<Record<string, string>> = {
  auto: 'classes if they look like it',
  classes: 'classes',
  numbers: 'numbers',
};

/** Points that the page can be told to take of more; 0 for all. */
const TAKE = [100, 300, 1000, 0];

interface PreparationProps {
  readonly setup: Setup;
  readonly update: Update;
}

/**
 * What becomes of the user's own data: whether targets are classes, which columns are standardised, and how
 * many points are taken.
 */
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
      <Choice
        label="points taken"
        help="Of more points so many are taken, at random: time grows with their third power."
        value={String(setup.take)}
        options={[...new Set([...TAKE, setup.take])].map((most) => [
          String(most),
          most === 0 ? 'all' : `at most ${most}`,
        ])}
        onChange={(most) => update({ take: Number(most) })}
      />
    </>
  );
}
