/** The numbers behind a figure: columns of one length, or square matrices of one size. */
export interface Numbers {
  readonly columns?: Readonly<Record<string, ArrayLike<number>>>;
  readonly matrices?: { readonly size: number; readonly of: Readonly<Record<string, ArrayLike<number>>> };
}

const cell = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : String(value);

/** As a table for spreadsheets; matrices entry by entry, with their row and column. */
export function csvOf({ columns = {}, matrices }: Numbers): string {
  const parts = matrices ? Object.entries(matrices.of) : Object.entries(columns);
  const length = parts.reduce((most, [, values]) => Math.max(most, values.length), 0);
  const heads = [...(matrices ? ['row', 'column'] : []), ...parts.map(([name]) => name)];
  const lines = [heads.join(',')];
  for (let k = 0; k < length; k++) {
    const where = matrices ? [Math.floor(k / matrices.size), k % matrices.size] : [];
    lines.push([...where.map(String), ...parts.map(([, values]) => cell(values[k]))].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** As arrays for NumPy: matrices square, columns as columns. */
export function arraysOf({
  columns = {},
  matrices,
}: Numbers): Record<string, { rows: number; columns: number; data: Float64Array }> {
  const of = matrices?.of ?? columns;
  return Object.fromEntries(
    Object.entries(of).map(([name, values]) => {
      const data = Float64Array.from(values);
      return [name, { rows: matrices?.size ?? data.length, columns: matrices?.size ?? 1, data }];
    }),
  );
}
