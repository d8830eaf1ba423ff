import { useEffect, useState } from 'react';

/** KaTeX comes after the first picture: equations can wait, numbers cannot. */
const katex = () => import('katex').then((module) => module.default);

/** An equation in TeX, on its own line. */
export function Equation({ tex }: { readonly tex: string }) {
  const [html, setHtml] = useState('');
  useEffect(() => {
    let current = true;
    katex().then(({ renderToString }) => {
      // One equation in a turn of the event loop.
      setTimeout(() => current && setHtml(renderToString(tex, { displayMode: true, output: 'htmlAndMathml' })));
    });
    return () => {
      current = false;
    };
  }, [tex]);
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made by KaTeX from constants of this page
  return <div className="equation" dangerouslySetInnerHTML={{ __html: html }} />;
}
