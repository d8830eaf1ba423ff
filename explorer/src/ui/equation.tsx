import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type names from '../equations.json';

export type EquationName = keyof typeof names;

/** Equations come after the first picture: they can wait, numbers cannot. */
const all = () => import('virtual:equations').then((module) => module.default);

/** Milliseconds after which an equation waits no more for a quiet moment. */
const LONGEST_WAIT = 1500;

/** When the page has nothing better to do; Safari does not say when that is. */
const idle = (): Promise<unknown> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in window) requestIdleCallback(resolve, { timeout: LONGEST_WAIT });
    else setTimeout(resolve, 50);
  });

let last: Promise<unknown> = Promise.resolve();

/** Equations come one after the other, each with a frame of its own, so that none of them is felt. */
function inTurn(): Promise<unknown> {
  last = last.then(idle);
  return last;
}

/** Sets the size of an equation so that it fits the width that it has. */
function fit(place: HTMLElement): void {
  const base = place.querySelector<HTMLElement>('.katex');
  if (!base) return;
  base.style.fontSize = '';
  const [wide, room] = [base.scrollWidth, place.clientWidth];
  if (wide > room && room > 0) base.style.fontSize = `${(1.21 * room) / wide}em`;
}

/** An equation on its own line, as large as fits. */
export function Equation({ name }: { readonly name: EquationName }) {
  const [html, setHtml] = useState('');
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let current = true;
    Promise.all([all(), inTurn()]).then(([markup]) => current && setHtml(markup[name]));
    return () => {
      current = false;
    };
  }, [name]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another equation is fitted anew
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const refit = () => fit(element);
    const observer = new ResizeObserver(refit);
    observer.observe(element);
    // Its letters have another width once their fonts are there.
    document.fonts.addEventListener('loadingdone', refit);
    return () => {
      observer.disconnect();
      document.fonts.removeEventListener('loadingdone', refit);
    };
  }, [html]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made by KaTeX from constants of this page
  return <div className="equation" ref={place} dangerouslySetInnerHTML={{ __html: html }} />;
}
