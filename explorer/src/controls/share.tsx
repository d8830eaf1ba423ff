import { useState } from 'react';
import { commandLine, problemFile, type Setup } from '../setup';

/** The setup to take along: a link, a problem file, a command. */
export function Share({ setup }: { readonly setup: Setup }) {
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
  return (
    <div className="share">
      <button type="button" onClick={() => copy('link', location.href)}>
        Copy link
      </button>
      <button type="button" onClick={() => copy('problem file', `${JSON.stringify(problemFile(setup), undefined, 2)}\n`)}>
        Copy problem.json
      </button>
      <button type="button" onClick={() => copy('command', commandLine(setup))}>
        Copy command
      </button>
      <p role="status">{copied}</p>
      {shown && <pre>{shown}</pre>}
    </div>
  );
}
