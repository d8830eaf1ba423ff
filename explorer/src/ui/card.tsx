import { type ReactNode, useRef } from 'react';
import { useHost } from '../host';
import { Equation, type EquationName } from './equation';
import type { Numbers } from './numbers';
import { SaveMenu } from './saveMenu';

interface CardProps {
  readonly id: string;
  readonly title: string;
  /** one sentence that says what is seen */
  readonly says: ReactNode;
  readonly equation: EquationName;
  /** heading of docs/theory.md */
  readonly section: string;
  readonly wide?: boolean;
  readonly busy?: boolean;
  /** whether what is shown is of an earlier setup */
  readonly stale?: boolean;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
  /** what the figure was drawn from */
  numbers?(): Numbers;
}

/**
 * One view: what it shows in a sentence and an equation, where the docs explain it, and its numbers to take
 * along.
 */
export function Card({
  id,
  title,
  says,
  equation,
  section,
  wide,
  busy,
  stale,
  controls,
  children,
  numbers,
}: CardProps) {
  const { address } = useHost();
  const view = useRef<HTMLDivElement>(null);
  return (
    <section
      className={wide ? 'card wide' : 'card'}
      aria-labelledby={`${id}-title`}
      aria-busy={busy ?? false}
      id={id}
    >
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {busy && <span className="spinner" role="status" aria-label="computing" />}
        <span className="tools">
          {controls}
          <SaveMenu name={id} view={view} numbers={numbers} />
        </span>
      </header>
      <p className="says">
        {says} {address && <a href={`./docs/theory.html#${section}`}>Theory</a>}
      </p>
      <div className={stale ? 'view stale' : 'view'} ref={view}>
        {children}
      </div>
      <Equation name={equation} />
    </section>
  );
}
