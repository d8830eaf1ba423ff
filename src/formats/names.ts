const LONGEST = 40;
/** Names of a list that are shown: the first ones and the last. */
const SHOWN = 6;

/** A name out of a file as part of one line: without control characters, and shortened. */
export function shownName(name: string): string {
  const start = name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return start.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, (character) =>
    JSON.stringify(character).slice(1, -1),
  );
}

/** A list of names as part of one line: all of a few, of many the first ones and the last. */
export function shownNames(names: readonly string[]): string {
  const total = names.reduce((sum, name) => sum + Math.min(name.length, LONGEST) + 2, 0);
  if (total <= 2 * LONGEST || names.length <= 2) return names.map(shownName).join(', ');
  const room = 2 * LONGEST - Math.min(LONGEST, names[names.length - 1].length);
  const first: string[] = [];
  for (let used = 0; first.length < Math.min(SHOWN, names.length - 1); ) {
    const next = shownName(names[first.length]);
    used += next.length + 2;
    if (used > room && first.length > 0) break;
    first.push(next);
  }
  const rest = first.length < names.length - 1 ? ['…'] : [];
  const count = rest.length > 0 ? ` (${names.length} in all)` : '';
  return `${[...first, ...rest, shownName(names[names.length - 1])].join(', ')}${count}`;
}
