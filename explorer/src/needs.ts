/** What the page cannot do without, by the name that readers may look for. */
const NEEDED: readonly (readonly [() => boolean, string])[] = [
  [() => typeof WebAssembly === 'object', 'WebAssembly'],
  [() => typeof Worker === 'function', 'web workers'],
  [() => typeof BigUint64Array === 'function', 'BigInt arrays'],
  [() => 'toSorted' in Array.prototype, 'the array methods of 2023'],
];

/** One sentence on what this browser lacks; undefined where it has all. */
export function lacking(): string | undefined {
  const missing = NEEDED.filter(([there]) => !there()).map(([, name]) => name);
  return missing.length === 0
    ? undefined
    : `This browser lacks ${missing.join(', ')}. Current versions of Chrome, Edge, Firefox and Safari have what this page needs.`;
}
