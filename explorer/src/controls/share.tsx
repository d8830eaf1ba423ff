import { useState } from 'react';
import { useHost } from '../host';
import { type Setup, toHash } from '../setup';
import { CITATION, commandLine, problemText, pythonLines } from '../takeaway';

/** The setup to take along: a link, a problem file, a command, lines of Python; and what to cite. */
export function Share({ setup }: { readonly setup: Setup }) {
  const { address } = useHost();
  const [copied, setCopied] = useState('');
  const [shown, setShown] = useState('');
  const copy = async (what: string, text: string) => {
    setShown(text);
    try {
      await navigator.clipboard.writeText(text);
      setCopied(`${what} copied`);
    } catch {
      setCopied(`Copy the ${what} below: the browser does not let pages write to the clipboard here`);
    }
  };
  const choices: readonly (readonly [string, string, () => string])[] = [
    ...(address
      ? [['Copy link', 'link', () => new URL(`#${toHash(setup)}`, location.href).href] as const]
      : []),
    ['Copy problem.json', 'problem file', () => problemText(setup)],
    ['Copy command', 'command', () => commandLine(setup)],
    ['Copy Python', 'lines', () => pythonLines(setup)],
    ['Cite', 'citation', () => CITATION],
  ];
  return (
    <div className="share">
      {choices.map(([label, what, text]) => (
        <button key={label} type="button" onClick={() => copy(what, text())}>
          {label}
        </button>
      ))}
      <p role="status">{copied}</p>
      {shown && <pre>{shown}</pre>}
    </div>
  );
}
