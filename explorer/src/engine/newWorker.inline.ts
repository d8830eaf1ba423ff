import source from 'virtual:worker-source';

/** Milliseconds in which a worker that may run says so. */
const PATIENCE = 2000;

const asBlob = (text: string): string => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
const asData = (text: string): string => `data:text/javascript;charset=utf-8,${encodeURIComponent(text)}`;

let addressOf = asBlob;
const start = (text: string): Worker => new Worker(addressOf(text), { type: 'module', name: 'finite-width' });

/**
 * Whether the page may start workers from such addresses: notebooks allow one kind or the other, and do not
 * say which.
 */
async function allowed(): Promise<boolean> {
  try {
    const worker = start('postMessage(0)');
    const answers = await new Promise<boolean>((resolve) => {
      worker.onmessage = () => resolve(true);
      worker.onerror = () => resolve(false);
      setTimeout(() => resolve(false), PATIENCE);
    });
    worker.terminate();
    return answers;
  } catch {
    return false;
  }
}

/** Finds out how workers may be started; to be called before any is. Resolves to false where they may not. */
export async function findWorkers(): Promise<boolean> {
  for (const way of [asBlob, asData]) {
    addressOf = way;
    if (await allowed()) return true;
  }
  return false;
}

/** The worker of a page that is one file, inside of it. */
export const newWorker = (): Worker => start(source);
