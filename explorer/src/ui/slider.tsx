import { useId } from 'react';
import { Help } from './help';
import { MathSymbol } from './symbol';

/** How places of a slider stand for values. */
export interface Scale {
  readonly steps: number;
  valueAt(place: number): number;
  placeOf(value: number): number;
}

/** Equal steps. */
export function linearScale(from: number, to: number, step: number): Scale {
  const steps = Math.round((to - from) / step);
  return {
    steps,
    valueAt: (place) => Number((from + place * step).toPrecision(12)),
    placeOf: (value) => Math.max(0, Math.min(steps, Math.round((value - from) / step))),
  };
}

/** Equal ratios in two digits, or whole numbers; `end` is the value at the last place. */
export function logScale(from: number, to: number, steps: number, whole = false, end?: number): Scale {
  const last = end === undefined ? steps : steps - 1;
  const at = (place: number) => from * (to / from) ** (place / last);
  const rounded = (value: number) =>
    whole ? Math.round(Number(value.toPrecision(2))) : Number(value.toPrecision(2));
  return {
    steps,
    valueAt: (place) => (end !== undefined && place === steps ? end : rounded(at(place))),
    placeOf: (value) => {
      if (value === end) return steps;
      return Math.max(0, Math.min(last, Math.round((last * Math.log(value / from)) / Math.log(to / from))));
    },
  };
}

interface SliderProps {
  readonly name: string;
  readonly label: string;
  readonly symbol?: string;
  readonly value: number;
  readonly scale: Scale;
  readonly shown?: string;
  readonly error?: string;
  /** what it means, in a sentence or two */
  readonly help?: string;
  onChange(value: number): void;
}

/** A slider with its value as text and, if the problem refuses it, why. */
export function Slider({ name, label, symbol, value, scale, shown, error, help, onChange }: SliderProps) {
  const id = useId();
  const text = shown ?? String(value);
  return (
    <div className="control">
      <div className="head">
        <label htmlFor={id}>
          {label} {symbol && <MathSymbol text={symbol} />}
        </label>
        {help && <Help of={label}>{help}</Help>}
        <output htmlFor={id}>{text}</output>
      </div>
      <input
        id={id}
        name={name}
        type="range"
        min={0}
        max={scale.steps}
        step={1}
        value={scale.placeOf(value)}
        aria-valuetext={text}
        aria-invalid={error !== undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onChange(scale.valueAt(Number(event.target.value)))}
      />
      {error && (
        <p className="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
