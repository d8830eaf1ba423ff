import { type ReactNode, useId } from 'react';
import { Help } from './help';

/** One of several, in a list that opens. */
export function Choice({
  label,
  value,
  options,
  onChange,
  help,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  onChange(value: string): void;
  /** what it means, in a sentence or two */
  readonly help?: string;
  readonly children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="control">
      <div className="head">
        <label htmlFor={id}>{label}</label>
        {help && <Help of={label}>{help}</Help>}
      </div>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
      {children}
    </div>
  );
}
