import type { ReactNode } from 'react';
import { Equation } from './equation';

interface CardProps {
  readonly id: string;
  readonly title: string;
  /** one sentence that says what is seen */
  readonly says: ReactNode;
  /** the equation that the view shows, in TeX */
  readonly tex: string;
  /** heading of docs/theory.md */
  readonly section: string;
  readonly wide?: boolean;
  readonly busy?: boolean;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
}

/** One view: what it shows in a sentence and an equation, and where the docs explain it. */
export function Card({ id, title, says, tex, section, wide = false, busy = false, controls, children }: CardProps) {
  return (
    <section className={wide ? 'card wide' : 'card'} aria-labelledby={`${id}-title`} aria-busy={busy} id={id}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {busy && <span className="spinner" role="status" aria-label="computing" />}
        {controls}
      </header>
      <p className="says">
        {says} <a href={`./docs/theory.html#${section}`}>Theory</a>
      </p>
      {children}
      <Equation tex={tex} />
    </section>
  );
}
