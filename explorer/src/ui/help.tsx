import type { ReactNode } from 'react';

/** What a control means, when it is asked. */
export function Help({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  return (
    <details className="help">
      <summary aria-label={`What is ${of}?`}>?</summary>
      <p>{children}</p>
    </details>
  );
}
