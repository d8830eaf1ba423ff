/** A symbol of the theory, with what stands below and above it: σ_w² as mathematics writes it. */
export function MathSymbol({ text }: { readonly text: string }) {
  const [, base, below, above] = /^([^_]+)(?:_(.))?(²)?$/.exec(text) ?? [];
  if (!below) return <i>{text}</i>;
  return (
    <span className="symbol">
      <span className="hidden">{text}</span>
      <span aria-hidden="true">
        <i>{base}</i>
        <span className="scripts">
          <sup>{above ? '2' : ''}</sup>
          <sub>{below}</sub>
        </span>
      </span>
    </span>
  );
}
