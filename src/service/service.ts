import { nodeCompute } from '../compute/nodeCompute.js';
import type { Compute } from '../numerics/compute.js';
import { Arrays, answerArrays } from './arrays.js';
import { CancelledError, serviceFailure } from './failures.js';
import type { Message, Outgoing } from './frames.js';
import type { Context, Parameters } from './handler.js';
import { requests } from './requests.js';
import { Store } from './store.js';

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 50;

/**
 * The core for other programs: messages in, messages out. `{ id, method, parameters }` asks for something and
 * is answered once, by `{ id, value }` or `{ id, failure: { kind, message } }`; in between there may be
 * `{ id, progress }`. `{ cancel: id }` asks to stop, and is not answered itself.
 */
export class Service {
  private readonly store = new Store();
  private readonly running = new Map<number, AbortController>();
  private computing: Promise<Compute> | undefined;
  /** about the backend, for people */
  private readonly notes: string[] = [];

  constructor(private readonly send: (message: Outgoing) => void) {}

  private readonly compute = (): Promise<Compute> => {
    this.computing ??= nodeCompute({ warn: (text) => void this.notes.push(text) });
    return this.computing;
  };

  receive({ content, arrays }: Message): void {
    if (typeof content.cancel === 'number') {
      this.running.get(content.cancel)?.abort(new CancelledError('cancelled'));
      return;
    }
    void this.answer(
      content.id as number,
      content.method as string,
      (content.parameters ?? {}) as Parameters,
      arrays,
    );
  }

  private async answer(
    id: number,
    method: string,
    parameters: Parameters,
    given: readonly Buffer[],
  ): Promise<void> {
    const controller = new AbortController();
    this.running.set(id, controller);
    try {
      const { value, arrays = {} } = await this.handle(id, method, parameters, given, controller.signal);
      const { names, arrays: bytes } = answerArrays(arrays);
      this.send({
        content: { id, value, ...(bytes.length > 0 ? { arrays: names } : {}), ...this.noted() },
        arrays: bytes,
      });
    } catch (error) {
      this.send({ content: { id, failure: serviceFailure(error) } });
    } finally {
      this.running.delete(id);
    }
  }

  private async handle(
    id: number,
    method: string,
    parameters: Parameters,
    given: readonly Buffer[],
    signal: AbortSignal,
  ) {
    if (method === 'about') return { value: await this.about() };
    if (!Object.hasOwn(requests, method)) throw new Error(`no request is called ${method}`);
    let last = performance.now();
    const context: Context = {
      arrays: new Arrays(given),
      store: this.store,
      compute: this.compute,
      signal,
      progress: ({ fraction, stage }) => {
        if (performance.now() - last < REPORT_EVERY) return;
        last = performance.now();
        this.send({ content: { id, progress: { fraction, stage } } });
      },
    };
    return requests[method](parameters, context);
  }

  /** What computes. */
  private async about() {
    const { algebra, memory } = await this.compute();
    return { backend: algebra.description, threads: algebra.threads, memory };
  }

  private noted() {
    return this.notes.length > 0 ? { notes: this.notes.splice(0) } : {};
  }
}
