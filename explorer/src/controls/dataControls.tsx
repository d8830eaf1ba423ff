import type { ReactNode } from 'react';
import { SOURCES, type Source } from '../setup';
import { Choice } from '../ui/choice';
import type { ControlsProps } from './controls';
import { FileDrop } from './fileDrop';
import { Preparation } from './preparation';
import type { Numeric } from './ranges';

const NAMES: Readonly<Record<Source, string>> = {
  xor: 'XOR',
  ising: 'Ising-like',
  teacher: 'teacher network',
  mnist: 'MNIST digits',
  file: 'your file',
};

/** Which two digits are told apart. */
function Digits({ setup, update }: Pick<ControlsProps, 'setup' | 'update'>) {
  const chosen = setup.digits.split(',');
  const options = (k: number) =>
    Array.from({ length: 10 }, (_, digit) => String(digit))
      .filter((digit) => digit !== chosen[1 - k])
      .map((digit) => [digit, digit] as const);
  return (
    <div className="control digits">
      {['digit, y = +1', 'digit, y = −1'].map((label, k) => (
        <Choice
          key={label}
          label={label}
          value={chosen[k]}
          options={options(k)}
          onChange={(digit) => update({ digits: chosen.with(k, digit).join() })}
        />
      ))}
    </div>
  );
}

/** Where samples come from, and how many. */
export function DataControls({
  setup,
  update,
  error,
  slider,
}: ControlsProps & { slider(name: Numeric): ReactNode }) {
  const { source } = setup;
  return (
    <>
      <Choice
        label="data set"
        value={source}
        options={SOURCES.map((name) => [name, NAMES[name]])}
        onChange={(name) => update({ source: name as Source })}
      />
      {source === 'mnist' && <Digits setup={setup} update={update} />}
      <FileDrop setup={setup} update={update} error={error} />
      {source === 'file' && setup.file && <Preparation setup={setup} update={update} />}
      {source !== 'file' && slider('samples')}
      {source !== 'file' && source !== 'mnist' && slider('dimension')}
      {(source === 'xor' || source === 'teacher') && slider('noise')}
    </>
  );
}
