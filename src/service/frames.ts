/**
 * Messages between a program and the core: a line of JSON, and after it the bytes of the arrays that it has,
 * one after the other. `bytes` in the JSON says how many each of them is; elsewhere in it `{ "array": k }`
 * stands for the k-th. Arrays are in .npy format, so that either side knows their shape.
 */
export interface Message {
  readonly content: Readonly<Record<string, unknown>>;
  readonly arrays: readonly Buffer[];
}

const NEWLINE = 10;

/** Puts messages together from whatever pieces they arrive in. */
export class FrameReader {
  /** of a line that has not ended */
  private pieces: Buffer[] = [];
  private content: Message['content'] | undefined;
  private sizes: readonly number[] = [];
  /** what follows the line, and how much of it is there */
  private body = Buffer.alloc(0);
  private filled = 0;

  constructor(private readonly receive: (message: Message) => void) {}

  /** @throws SyntaxError for a line that is no JSON */
  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.content === undefined ? this.takeLine(rest) : this.takeBody(rest);
  }

  private takeLine(chunk: Buffer): Buffer {
    const end = chunk.indexOf(NEWLINE);
    if (end < 0) {
      this.pieces.push(chunk);
      return chunk.subarray(chunk.length);
    }
    const line = Buffer.concat([...this.pieces, chunk.subarray(0, end)]).toString('utf8');
    this.pieces = [];
    const { bytes = [], ...content } = JSON.parse(line) as { bytes?: readonly number[] };
    this.content = content;
    this.sizes = bytes;
    this.body = Buffer.allocUnsafeSlow(bytes.reduce((sum, size) => sum + size, 0));
    this.filled = 0;
    if (this.body.length === 0) this.finish();
    return chunk.subarray(end + 1);
  }

  private takeBody(chunk: Buffer): Buffer {
    const taken = chunk.copy(this.body, this.filled);
    this.filled += taken;
    if (this.filled === this.body.length) this.finish();
    return chunk.subarray(taken);
  }

  private finish(): void {
    const { content, body, sizes } = this;
    let from = 0;
    const arrays = sizes.map((size) => body.subarray(from, (from += size)));
    this.content = undefined;
    this.body = Buffer.alloc(0);
    this.receive({ content: content as Message['content'], arrays });
  }
}

/** JSON has no such numbers. */
function nonFinite(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? { number: String(value) } : value;
}

/** A message to be sent: each array as the pieces that it is made of. */
export interface Outgoing {
  readonly content: Message['content'];
  readonly arrays?: readonly (readonly Uint8Array[])[];
}

/**
 * The bytes of a message, in pieces to be written in this order; numbers that are not finite become
 * `{ "number": "NaN" }` and the like.
 */
export function frameOf({ content, arrays = [] }: Outgoing): Uint8Array[] {
  const sizes = arrays.map((pieces) => pieces.reduce((sum, { length }) => sum + length, 0));
  const bytes = sizes.length > 0 ? { bytes: sizes } : {};
  return [Buffer.from(`${JSON.stringify({ ...content, ...bytes }, nonFinite)}\n`), ...arrays.flat()];
}
