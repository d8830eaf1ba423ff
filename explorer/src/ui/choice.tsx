import { type ReactNode, useId } from 'react';

/** One of several, in a list that opens. */
export function Choice({
  label,
  value,
  options,
  onChange,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [string, string])[];
  onChange(value: string): void;
  readonly children?: ReactNode;
}) {
  const id = useId();
  return (
    <div className="control">
      <label htmlFor={id}>
        <span>{label}</span>
      </label>
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
