import {
  createProblem,
  type Data,
  type Digits,
  InputError,
  loadData,
  type Matrix,
  type Problem,
  parseProblem,
  RandomStream,
  type Sources,
  zeros,
} from 'finite-width/browser';

const PIXELS = 28 * 28;
/** Bytes that data may take in a page. */
const MEMORY = 2e8;

const files = new Map<string, Uint8Array>();
let latest: { readonly key: string; readonly data: Promise<Data> } | undefined;

/** Packed images of a digit, from a file beside the page. */
async function besideThePage(digit: number): Promise<Uint8Array> {
  const response = await fetch(new URL(`../digits/${digit}.bytes`, self.location.href));
  if (!response.ok)
    throw new InputError(`data: images of the digit ${digit} could not be loaded (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

let packed = besideThePage;

/** Takes digits from elsewhere. */
export function digitsFrom(source: typeof packed): void {
  packed = source;
}

/** Digits that come with the page: a compressed file a digit. */
const bundledDigits: Digits = {
  pixelsPerImage: PIXELS,
  source: 'the package',
  async images(digit) {
    const unpacked = new Blob([(await packed(digit)).slice()])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    return new Uint8Array(await new Response(unpacked).arrayBuffer());
  },
};

const sources: Sources = {
  memory: MEMORY,
  async bytes(path) {
    const bytes = files.get(path);
    if (!bytes)
      throw new InputError(
        path === ''
          ? 'data: drop a csv or npz file onto the page, or choose one'
          : `data: drop the file ${path} onto the page; links do not carry files`,
      );
    return bytes;
  },
  digits: async () => bundledDigits,
};

/** Remembers a file that was dropped onto the page. */
export function addFile(name: string, bytes: Uint8Array): void {
  files.set(name, bytes);
  latest = undefined;
}

/** The columns that a csv names; none of one that cannot be read, which solving explains. */
export async function columnsOf(name: string): Promise<readonly string[]> {
  const { readCsv } = await import('./formats');
  try {
    return readCsv(files.get(name) ?? '', name).columns;
  } catch {
    return [];
  }
}

const rowsOf = ({ columns, data }: Matrix, chosen: readonly number[]): Matrix => {
  const picked = zeros(chosen.length, columns);
  for (const [i, row] of chosen.entries())
    picked.data.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  return picked;
};

/** So many samples at random, in their order, where there are more. */
function taken(data: Data, most: number): Data {
  const { rows } = data.x;
  if (most === 0 || rows <= most) return data;
  const chosen = [...RandomStream.fromSeed(0).permutation(rows).subarray(0, most)].sort((a, b) => a - b);
  const description = `${most} of the ${rows} points of ${data.description}`;
  return { ...data, x: rowsOf(data.x, chosen), y: rowsOf(data.y, chosen), description };
}

/** Samples of the data that were loaded last, before any were left out. */
export const available = async (): Promise<number> => (await latest?.data)?.x.rows ?? 0;

/**
 * The problem of a problem file; its data are loaded once. `take` beside its keys says how many samples to
 * take, 0 all. @throws InputError
 */
export async function problemOf({
  take = 0,
  ...file
}: { readonly take?: number } & Record<string, unknown>): Promise<Problem> {
  const spec = parseProblem(file, 'problem');
  const key = JSON.stringify(spec.data);
  if (latest?.key !== key) latest = { key, data: loadData(spec.data, sources) };
  const data = taken(await latest.data, take);
  if (data.x.rows < 2)
    throw new InputError('data: 1 point; at least 2 are needed, since alignment compares points');
  return createProblem({ data, network: spec.network, noiseVariance: spec.noiseVariance });
}
