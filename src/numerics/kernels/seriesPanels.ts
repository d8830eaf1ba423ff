import { AllocationError } from '../errors.js';
import { gigabytes } from '../shown.js';
import { newInstance, SLICE } from './wasmKernels.js';

/** Coefficients of many points for `seriesRow`, in the memory of a WebAssembly instance. */
export interface SeriesPanel {
  readonly sigma: number;
  readonly coefficients: number;
  readonly tails: number;
}

/** What a panel is made of; `coefficients` tells it from others. */
export interface Series {
  /** points × stride, as `seriesRow` reads them */
  coefficients(): Float64Array;
  readonly key: object;
  readonly points: number;
  readonly stride: number;
  readonly sigma: Float64Array;
  /** points × tailCount */
  readonly tails: Float64Array;
}

const PAGE = 65536;
/** Bytes after which room is sought from the start again, once there are as many panels as somebody needs. */
const MOST_BYTES = 1 << 24;
let needed = 1;

/** As many panels are asked for in turn: the layers of a network. */
export const keepPanels = (count: number): void => {
  needed = count;
};

/** Rows of zeros after the last one, which groups of four reach into. */
const PAD = 3;

/**
 * An instance with memory of its own, which grows with the points: coefficients stay there for all rows that
 * a thread computes.
 */
class SeriesMemory {
  private readonly exports = newInstance();
  private readonly start = (this.exports.__new(2 * SLICE * 8 + 16, 0) + 15) & ~15;
  private readonly base = this.start + 2 * SLICE * 8;
  private top = this.base;
  private known = new WeakMap<object, SeriesPanel>();
  private count = 0;
  readonly input = this.start;
  readonly output = this.start + SLICE * 8;
  readonly row = this.exports.seriesRow;
  values = new Float64Array(this.exports.memory.buffer);

  /** The panel of these points, copied here at its first use. */
  panelOf(series: Series): SeriesPanel {
    const found = this.known.get(series.key);
    if (found) return found;
    const { points, stride, sigma, tails } = series;
    const tailCount = tails.length / points;
    const rows = points + PAD;
    const doubles = 2 * Math.ceil(rows / 2) + rows * stride + 2 * Math.ceil((rows * tailCount) / 2);
    if (this.count >= needed && this.top + 8 * doubles > MOST_BYTES) {
      this.known = new WeakMap();
      this.top = this.base;
      this.count = 0;
    }
    this.reserve(this.top + 8 * doubles);
    const panel = {
      sigma: this.top,
      coefficients: this.top + 16 * Math.ceil(rows / 2),
      tails: this.top + 16 * Math.ceil(rows / 2) + 8 * rows * stride,
    };
    this.fill(panel.sigma, sigma, rows);
    this.fill(panel.coefficients, series.coefficients(), rows * stride);
    this.fill(panel.tails, tails, rows * tailCount);
    this.top += 8 * doubles;
    this.known.set(series.key, panel);
    this.count++;
    return panel;
  }

  private fill(pointer: number, values: Float64Array, length: number): void {
    const at = pointer / 8;
    this.values.set(values, at);
    this.values.fill(0, at + values.length, at + length);
  }

  private reserve(bytes: number): void {
    const { memory } = this.exports;
    const missing = bytes - memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      memory.grow(Math.ceil(missing / PAGE));
    } catch {
      throw new AllocationError(
        `out of memory: ${gigabytes(missing)} more cannot be had for the series of an activation; take fewer points`,
      );
    }
    this.values = new Float64Array(memory.buffer);
  }
}

let instance: SeriesMemory | undefined;

/** The memory of this thread, made at first use. */
export function seriesMemory(): SeriesMemory {
  instance ??= new SeriesMemory();
  return instance;
}
