import * as Comlink from 'comlink';
import { evidenceErrorOf, type KernelPosterior, type Matrix, portableCompute } from 'finite-width/browser';
import type { TheoryOptions } from '../setup';
import type {
  Advance,
  Infinite,
  Iterate,
  NetworksView,
  PairView,
  PhaseMap,
  PhaseView,
  PointPhase,
  SliceView,
  Solved,
  Spectra,
  WidthPoint,
} from './messages';
import { sampling } from './networks';
import { pairView } from './pairs';
import { type Domain, edge, phases, pointPhase, rises } from './phases';
import { addFile, available, columnsOf, digitsFrom, problemOf } from './problems';
import { sliceOf } from './slices';
import { alongWidths, infinite, solving, spectraOf } from './solving';

/** A problem file, as parsed JSON. */
type File = Record<string, unknown>;

const withNetwork = (file: File, changes: File): File => ({
  ...file,
  network: { ...(file.network as File), ...changes },
});

const compute = portableCompute();
let posterior: KernelPosterior | undefined;
let running = new AbortController();

/** A new task ends the one before. */
function begin(): AbortSignal {
  running.abort(new DOMException('another task came', 'AbortError'));
  running = new AbortController();
  return running.signal;
}

/**
 * All that this worker can be asked; the page has several of it, one for each thing that goes on at the same
 * time.
 */
const engine = {
  addFile: (name: string, bytes: Uint8Array): void => addFile(name, bytes),
  digitsFrom: (source: (digit: number) => Promise<Uint8Array>): void => digitsFrom(source),
  columns: (name: string): Promise<readonly string[]> => columnsOf(name),
  cancel: (): void => void begin(),
  npz: async (arrays: Readonly<Record<string, Matrix>>): Promise<Uint8Array<ArrayBuffer>> =>
    (await import('./formats')).writeNpz(arrays).slice(),

  infinite: async (file: File): Promise<Infinite> =>
    infinite(await problemOf(file), await available(), compute),

  async solve(
    file: File,
    theory: string,
    options: TheoryOptions,
    picture: (iterate: Iterate) => void,
    advance: (how: Advance) => void,
  ): Promise<Solved> {
    const signal = begin();
    const result = await solving(await problemOf(file), theory, options, compute, signal, picture, advance);
    posterior = result.posterior;
    return result.solved;
  },
  /** Of what was solved last. */
  spectra: (): Spectra | undefined => posterior && spectraOf(posterior, compute),
  /** What its theory leaves out of the evidence: where it does not know, the first order in 1/N does. */
  leftOut: async (): Promise<number | undefined> =>
    posterior && evidenceErrorOf(posterior, compute, {}, begin()),
  slice: async (source: string, size: number): Promise<SliceView | undefined> =>
    posterior && sliceOf(posterior, source, size, compute, begin()),

  async widths(
    files: readonly File[],
    theory: string,
    options: TheoryOptions,
    point: (found: WidthPoint) => void,
  ): Promise<void> {
    const signal = begin();
    await alongWidths(
      files.map((file) => () => problemOf(file)),
      theory,
      options,
      compute,
      signal,
      point,
    );
  },

  phases: (activation: string, domain: Domain, size: readonly [number, number]): Promise<PhaseView> =>
    phases(activation, domain, size, compute, begin()),
  edge: (activation: string): PhaseView['line'] => edge(activation),
  pointPhase: (activation: string, weightVariance: number, biasVariance: number): PointPhase =>
    pointPhase(activation, weightVariance, biasVariance, compute),
  async rises(
    file: File,
    options: TheoryOptions,
    domain: Domain,
    size: readonly [number, number],
    row: (map: PhaseMap) => void,
  ): Promise<void> {
    const signal = begin();
    const at = (weightVariance: number, biasVariance: number) =>
      problemOf(withNetwork(file, { weightVariance, biasVariance }));
    await rises(at, options, domain, size, compute, signal, row);
  },

  pair: async (file: File, pair: readonly [number, number]): Promise<PairView> => {
    const signal = begin();
    return pairView(await problemOf(file), pair, compute, signal);
  },

  async sample(file: File, seed: number, picture: (view: NetworksView) => void): Promise<void> {
    const signal = begin();
    await sampling(await problemOf(file), seed, compute, signal, picture);
  },
};

export type Engine = typeof engine;

Comlink.expose(engine);
