import { useId, useState } from 'react';
import type { Update } from '../hooks/useSetup';
import { ACTIVATIONS, INFINITE, type Setup, SOURCES, type Source, THEORIES } from '../setup';
import { Choice } from '../ui/choice';
import { linearScale, logScale, Slider } from '../ui/slider';
import { FileDrop } from './fileDrop';
import { Preparation } from './preparation';

const SCALES = {
  samples: linearScale(8, 256, 4),
  dimension: linearScale(2, 100, 1),
  noise: linearScale(0, 3, 0.05),
  layers: linearScale(1, 12, 1),
  width: logScale(8, 2000, 49, true, INFINITE),
  weightVariance: linearScale(0.1, 5, 0.05),
  biasVariance: linearScale(0, 1, 0.01),
  featureScale: logScale(1, 300, 40),
  noiseVariance: logScale(0.001, 2, 44),
};

const SOURCE_NAMES: Readonly<Record<Source, string>> = {
  xor: 'XOR',
  ising: 'Ising-like',
  teacher: 'teacher network',
  mnist: 'MNIST digits',
  file: 'your file',
};

const THEORY_NAMES: Readonly<Record<string, string>> = {
  nngp: 'nngp: infinite width',
  linearResponse: 'linearResponse: one step',
  rescaling: 'rescaling: a factor a layer',
  exactLinear: 'exactLinear: linear, exactly',
  perturbative: 'perturbative: first order',
  map: 'map: full equations',
  multiscale: 'multiscale: fluctuations too',
};

/** Which key of the problem an error names. */
const KEYS: readonly (readonly [RegExp, keyof Setup])[] = [
  [/network\.activation|activation|formula/, 'activation'],
  [/data\.samples/, 'samples'],
  [/data\.dimension/, 'dimension'],
  [/network\.width|\bwidth\b/, 'width'],
  [/weightVariance/, 'weightVariance'],
  [/noiseVariance/, 'noiseVariance'],
  [/^(problem: )?data|^X|^Y|\.csv|\.npz|column/, 'source'],
];

/** The control that an error belongs to. */
export const culpritOf = (error: string | undefined): keyof Setup | undefined =>
  error === undefined ? undefined : KEYS.find(([pattern]) => pattern.test(error))?.[1];

/** A name from the list, or a formula in x. */
function ActivationChoice({
  value,
  error,
  onChange,
}: {
  readonly value: string;
  readonly error?: string;
  onChange(value: string): void;
}) {
  const listed = (ACTIVATIONS as readonly string[]).includes(value);
  const [own, setOwn] = useState(!listed);
  const id = useId();
  const formula = own || !listed;
  return (
    <>
      <Choice
        label="activation φ"
        value={formula ? 'formula' : value}
        options={[...ACTIVATIONS.map((name) => [name, name] as const), ['formula', 'your formula …']]}
        onChange={(name) => {
          setOwn(name === 'formula');
          onChange(name === 'formula' ? 'tanh(x) + 0.2*x' : name);
        }}
      />
      {formula && (
        <div className="control">
          <label htmlFor={id}>
            <span>φ(x) =</span>
          </label>
          <input
            id={id}
            type="text"
            spellCheck={false}
            autoComplete="off"
            value={value}
            aria-invalid={error !== undefined}
            aria-describedby={`${id}-hint`}
            onChange={(event) => onChange(event.target.value)}
          />
          <p className={error ? 'error' : 'hint'} id={`${id}-hint`}>
            {error ?? 'For example max(x, -0.5), x*exp(-x^2), sin(2*x)'}
          </p>
        </div>
      )}
    </>
  );
}

interface ControlsProps {
  readonly setup: Setup;
  readonly update: Update;
  readonly error?: string;
}

/** Everything that can be changed. */
export function Controls({ setup, update, error }: ControlsProps) {
  const culprit = culpritOf(error);
  const errorOf = (key: keyof Setup) => (culprit === key ? error : undefined);
  const slider = (name: keyof typeof SCALES, label: string, symbol?: string, shown?: string) => (
    <Slider
      name={name}
      label={label}
      symbol={symbol}
      value={setup[name]}
      scale={SCALES[name]}
      shown={shown}
      error={errorOf(name)}
      onChange={(value) => update({ [name]: value })}
    />
  );
  const { source } = setup;
  return (
    <form className="controls" aria-label="Setup" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Data</legend>
        <Choice
          label="data set"
          value={source}
          options={SOURCES.map((name) => [name, SOURCE_NAMES[name]])}
          onChange={(name) => update({ source: name as Source })}
        />
        <FileDrop setup={setup} update={update} error={errorOf('source')} />
        {source === 'file' && setup.file && <Preparation setup={setup} update={update} />}
        {source === 'mnist' && (
          <div className="control digits">
            {[0, 1].map((k) => (
              <Choice
                key={k}
                label={k === 0 ? 'digit, y = +1' : 'digit, y = −1'}
                value={setup.digits.split(',')[k]}
                options={Array.from({ length: 10 }, (_, d) => String(d))
                  .filter((digit) => digit !== setup.digits.split(',')[1 - k])
                  .map((digit) => [digit, digit])}
                onChange={(digit) => update({ digits: k === 0 ? `${digit},${setup.digits[2]}` : `${setup.digits[0]},${digit}` })}
              />
            ))}
          </div>
        )}
        {source !== 'file' && slider('samples', 'samples', 'P')}
        {source !== 'file' && source !== 'mnist' && slider('dimension', 'dimension', 'D')}
        {(source === 'xor' || source === 'teacher') && slider('noise', 'noise of the data')}
      </fieldset>
      <fieldset>
        <legend>Network</legend>
        {slider('layers', 'hidden layers', 'L')}
        {slider('width', 'width', 'N', setup.width === INFINITE ? '∞' : String(setup.width))}
        <ActivationChoice
          value={setup.activation}
          error={errorOf('activation')}
          onChange={(activation) => update({ activation })}
        />
        {slider('weightVariance', 'weight variance', 'σ_w²')}
        {slider('biasVariance', 'bias variance', 'σ_b²')}
        {slider('featureScale', 'feature scale', 'γ')}
      </fieldset>
      <fieldset>
        <legend>Inference</legend>
        {slider('noiseVariance', 'noise variance', 'κ')}
        <Choice
          label="theory"
          value={setup.width === INFINITE ? 'nngp' : setup.theory}
          options={THEORIES.filter(
            (name) => name !== 'exactLinear' || name === setup.theory || setup.activation === 'linear',
          ).map((name) => [name, THEORY_NAMES[name] ?? name] as const)}
          onChange={(theory) => update({ theory, ...(setup.width === INFINITE && theory !== 'nngp' ? { width: 100 } : {}) })}
        />
      </fieldset>
    </form>
  );
}
