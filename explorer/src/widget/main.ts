import 'katex/dist/katex.min.css';
import '../style.css';
import { findWorkers } from '../engine/newWorker.inline';
import { lacking } from '../needs';
import { start } from '../start';
import { notebookHost } from './notebookHost';

const root = document.getElementById('root') as HTMLElement;
const NO_WORKERS =
  'This notebook lets its cells start no web workers, in which the explorer computes: run `npx finite-width explore`.';

async function begin(): Promise<void> {
  const missing = lacking() ?? ((await findWorkers()) ? undefined : NO_WORKERS);
  if (missing) {
    root.textContent = missing;
    return;
  }
  addEventListener('message', async ({ data, ports }) => {
    if (data === 'finite-width' && ports[0]) start(root, await notebookHost(ports[0]));
  });
  // Whoever made this frame answers with a port.
  parent.postMessage('finite-width', '*');
}

void begin();
