const SYMBOL = /(σ_[wb]²|ξ_c)/;

/** What stands before, below and above in a symbol of the theory. */
export function partsOf(symbol: string): {
  readonly base: string;
  readonly below: string;
  readonly above: string;
} {
  const [, base = symbol, below = '', above = ''] = /^([^_]+)_(.)(²)?$/.exec(symbol) ?? [];
  return { base, below, above: above && '2' };
}

/** A text in turns: plain, a symbol, plain, … */
export const withSymbols = (text: string): string[] => text.split(SYMBOL);

/** A symbol of the theory, σ_w² as mathematics writes it; what is read aloud or copied is the text. */
export function MathSymbol({ text }: { readonly text: string }) {
  const { base, below, above } = partsOf(text);
  if (!below) return <i>{text}</i>;
  return (
    <span className="symbol">
      <span className="hidden">{text}</span>
      <span className="face" aria-hidden="true" data-base={base}>
        <span className="scripts" data-above={above} data-below={below} />
      </span>
    </span>
  );
}

/** A text with its symbols set so. */
export function MathText({ text }: { readonly text: string }) {
  return withSymbols(text).map((part, k) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other name
    k % 2 === 1 ? <MathSymbol key={k} text={part} /> : part,
  );
}
