import 'katex/dist/katex.min.css';
import './style.css';

/** What the page cannot do without, by the name that readers may look for. */
const NEEDED: readonly (readonly [boolean, string])[] = [
  [typeof WebAssembly === 'object', 'WebAssembly'],
  [typeof Worker === 'function', 'web workers'],
  [typeof BigUint64Array === 'function', 'BigInt arrays'],
  ['toSorted' in Array.prototype, 'the array methods of 2023'],
];

const root = document.getElementById('root') as HTMLElement;
const missing = NEEDED.filter(([there]) => !there).map(([, name]) => name);
if (missing.length > 0) {
  root.textContent = `This browser lacks ${missing.join(', ')}. Current versions of Chrome, Edge, Firefox and Safari have what this page needs.`;
} else {
  // One after the other, so that reading each of them is a task of its own and the page answers in between.
  await import('./engine/solver');
  await import('react-dom/client');
  await import('./ui/plot');
  const { start } = await import('./start');
  start(root);
}
