import { useEffect, useState } from 'react';

/** KaTeX comes after the first picture: equations can wait, numbers cannot. */
const katex = () => import('katex').then((module) => module.default);

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

/** An equation in TeX, on its own line. */
export function Equation({ tex }: { readonly tex: string }) {
  const [html, setHtml] = useState('');
  useEffect(() => {
    let current = true;
    Promise.all([katex(), inTurn()]).then(([{ renderToString }]) => {
      if (current) setHtml(renderToString(tex, { displayMode: true, output: 'htmlAndMathml' }));
    });
    return () => {
      current = false;
    };
  }, [tex]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made by KaTeX from constants of this page
  return <div className="equation" dangerouslySetInnerHTML={{ __html: html }} />;
}
