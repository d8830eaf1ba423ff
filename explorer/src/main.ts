import 'katex/dist/katex.min.css';
import './style.css';
import { lacking } from './needs';

const root = document.getElementById('root') as HTMLElement;
const missing = lacking();
if (missing) {
  root.textContent = missing;
} else {
  // One after the other, so that reading each of them is a task of its own and the page answers in between.
  const { solver } = await import('./engine/solver');
  // It starts while the page is still being read.
  solver.warm();
  await import('react-dom/client');
  await import('./ui/plot');
  const { start } = await import('./start');
  start(root);
}
