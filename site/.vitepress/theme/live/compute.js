let worker;
let latest = 0;
const waiting = new Map();

/** One worker for all figures of a page, started when the first of them is seen. */
function started() {
  if (worker) return worker;
  worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data: { id, value, point, error } }) => {
    const call = waiting.get(id);
    if (!call) return;
    if (point) return call.tell?.(point);
    waiting.delete(id);
    if (error) call.fail(new Error(error));
    else call.give(value);
  });
  worker.addEventListener('error', (event) => {
    for (const { fail } of waiting.values())
      fail(new Error(event.message || 'the worker could not be started'));
    waiting.clear();
  });
  return worker;
}

/**
 * Computes in the worker; what was asked for before in the same lane is dropped.
 * @param name of the computation
 * @param args its arguments
 * @param options.lane who asks
 * @param options.tell called with every point that is there already
 */
export function compute(name, args, { lane, tell } = {}) {
  const id = ++latest;
  for (const [key, call] of waiting) if (call.lane === lane) waiting.delete(key);
  return new Promise((give, fail) => {
    waiting.set(id, { give, fail, tell, lane });
    started().postMessage({ id, name, args, lane });
  });
}

/** Drops what a lane is waiting for. */
export function cancel(lane) {
  for (const [key, call] of waiting) if (call.lane === lane) waiting.delete(key);
  worker?.postMessage({ lane, cancel: true });
}
