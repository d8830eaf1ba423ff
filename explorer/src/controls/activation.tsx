import { useId, useState } from 'react';
import { ACTIVATIONS } from '../setup';
import { Choice } from '../ui/choice';

/** A name from the list, or a formula in x. */
export function ActivationChoice({
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
        help="The function between two layers. Odd ones without biases make odd networks; broken lines keep their depth scale."
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
