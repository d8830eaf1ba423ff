import * as Comlink from 'comlink';
import { newWorker } from './newWorker';
import type { Engine } from './worker';

/** Milliseconds that a worker may take to leave a task before it is replaced. */
const PATIENCE = 400;

/** What was dropped onto the page, for workers that are started later. */
const files = new Map<string, Uint8Array>();
const clients: EngineClient[] = [];
/** Where digits come from, if not from files beside the page. */
let digits: DigitSource | undefined;

/** One worker, replaced when it does not listen. */
export class EngineClient {
  private worker: Worker | undefined;
  private remote: Comlink.Remote<Engine> | undefined;
  private busy = 0;
  private replaced: (() => void) | undefined;

  constructor() {
    clients.push(this);
  }

  private get engine(): Comlink.Remote<Engine> {
    if (this.remote) return this.remote;
    this.worker = newWorker();
    this.remote = Comlink.wrap<Engine>(this.worker);
    for (const [name, bytes] of files) void this.remote.addFile(name, bytes);
    if (digits) void this.remote.digitsFrom(callback(digits));
    return this.remote;
  }

  addFile(name: string, bytes: Uint8Array): void {
    if (this.remote) void this.remote.addFile(name, bytes);
  }

  /** Ends what the worker does, soon. */
  async cancel(): Promise<void> {
    if (!this.remote || this.busy === 0) return;
    const { worker } = this;
    const patience = setTimeout(() => worker === this.worker && this.replace(), PATIENCE);
    await Promise.race([this.remote.cancel(), new Promise<void>((resolve) => (this.replaced = resolve))]);
    clearTimeout(patience);
  }

  private replace(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.remote = undefined;
    this.busy = 0;
    this.replaced?.();
  }

  /**
   * Asks the worker for something, after what it was asked before has been left. Resolves to undefined if it
   * is left itself.
   */
  async run<Result>(task: (engine: Comlink.Remote<Engine>) => Promise<Result>): Promise<Result | undefined> {
    await this.cancel();
    const { engine } = this;
    this.busy++;
    try {
      return await task(engine);
    } catch (error) {
      if ((error as Error).name === 'AbortError') return undefined;
      throw error;
    } finally {
      if (this.remote === engine) this.busy--;
    }
  }

  /** Asks something short, beside what the worker does. */
  async ask<Result>(task: (engine: Comlink.Remote<Engine>) => Promise<Result>): Promise<Result> {
    return task(this.engine);
  }

  /** Starts the worker before it is needed. */
  warm(): void {
    void this.engine;
  }
}

/** A file for all workers. */
export function addFile(name: string, bytes: Uint8Array): void {
  files.set(name, bytes);
  for (const client of clients) client.addFile(name, bytes);
}

/**
 * Packed images of a digit, for workers of a page that has no files beside it; to be said before any of them
 * starts.
 */
export type DigitSource = (digit: number) => Promise<Uint8Array>;
export const digitsFrom = (source: DigitSource): void => void (digits = source);

/** A function that a worker may call. */
export const callback = <F extends (...args: never[]) => unknown>(f: F): F =>
  Comlink.proxy(f) as unknown as F;
