import {
  createProblem,
  type Data,
  type Digits,
  InputError,
  loadData,
  type Problem,
  parseProblem,
  readCsv,
  type Sources,
} from 'finite-width/browser';

const PIXELS = 28 * 28;
/** Bytes that data may take in a page. */
const MEMORY = 2e8;

const files = new Map<string, Uint8Array>();
let latest: { readonly key: string; readonly data: Promise<Data> } | undefined;

/** Digits that were put beside the page: a compressed file a digit. */
const bundledDigits: Digits = {
  pixelsPerImage: PIXELS,
  source: 'the package',
  async images(digit) {
    const response = await fetch(new URL(`../digits/${digit}.bytes`, self.location.href));
    if (!response.ok || !response.body)
      throw new InputError(`data: images of the digit ${digit} could not be loaded (${response.status})`);
    return new Uint8Array(await new Response(response.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer());
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
export function columnsOf(name: string): readonly string[] {
  try {
    return readCsv(files.get(name) ?? '', name).columns;
  } catch {
    return [];
  }
}

/** The problem of a problem file; its data are loaded once. @throws InputError */
export async function problemOf(file: unknown): Promise<Problem> {
  const spec = parseProblem(file, 'problem');
  const key = JSON.stringify(spec.data);
  if (latest?.key !== key) latest = { key, data: loadData(spec.data, sources) };
  const data = await latest.data;
  if (data.x.rows < 2) throw new InputError('data: 1 sample; at least 2 are needed, since alignment compares samples');
  return createProblem({ data, network: spec.network, noiseVariance: spec.noiseVariance });
}
