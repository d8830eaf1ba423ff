interface KeyProps {
  /** colour and what it stands for */
  readonly entries: readonly (readonly [string, string])[];
}

/** What the colours of a figure stand for. */
export function Key({ entries }: KeyProps) {
  return (
    <p className="key">
      {entries.map(([colour, text]) => (
        <span key={text}>
          <i style={{ background: colour }} /> {text}
        </span>
      ))}
    </p>
  );
}
