import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadData } from '#src/datasets/loadData.js';
import type { Sources } from '#src/datasets/sources.js';
import { readNpy } from '#src/formats/npy.js';
import { readNpyTexts } from '#src/formats/npyTexts.js';
import { readNpz } from '#src/formats/npz.js';
import { MemoryError } from '#src/numerics/errors.js';
import type { FileSpec } from '#src/problem/dataSchema.js';
import { run, temporaryFolder } from '../cli/run.js';
import { referenceJson } from '../support.js';

/** Files as NumPy writes them (test/reference/make_npy_texts.py). */
interface Texts {
  readonly texts: Record<string, [file: string, texts: string[]]>;
  readonly refused: Record<string, [file: string, reason: string]>;
  readonly archives: Record<'texts' | 'two classes', string>;
  readonly refusedArchives: Record<string, [file: string, reason: string]>;
  readonly files: Record<'X.npy' | 'Y.npy', string>;
}

const reference = referenceJson('npy_texts.json') as Texts;
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
const load = (spec: FileSpec, files: Record<string, string>) =>
  loadData(spec, { bytes: async (path: string) => bytes(files[path]), memory: 1e9 } as unknown as Sources);
const loadNpz = (file: string, more = {}) => load({ npz: 'd.npz', ...more }, { 'd.npz': file });
const labels = ['no', 'yes', 'maybe', 'no', 'yes', 'maybe'];
const oneHot = (names: readonly string[]) =>
  names.flatMap((name) => ['maybe', 'no', 'yes'].map((other) => (other === name ? 1 : 0) - 1 / 3));

describe('arrays of texts', () => {
  it.each(Object.entries(reference.texts))('are read: %s', (_, [file, expected]) => {
    expect(readNpyTexts(bytes(file), 'Y.npy')).toEqual(expected);
  });

  it.each(Object.entries(reference.refused))('are refused: %s', (_, [file, reason]) => {
    const message = (() => {
      try {
        return readNpyTexts(bytes(file), 'Y.npy').join();
      } catch (error) {
        return (error as Error).message;
      }
    })();
    expect(message).toContain('Y.npy');
    expect(message).toContain(reason);
    expect(message.length).toBeLessThan(200);
  });

  it('are no numbers, and take memory', () => {
    const [file] = reference.texts['U, big-endian'];
    expect(() => readNpy(bytes(file), 'Y.npy')).toThrow(/^Y\.npy: entries of type >U5, texts; save numbers$/);
    expect(() => readNpyTexts(bytes(file), 'Y.npy', 500)).toThrow(MemoryError);
  });
});

describe('texts as targets', () => {
  it('of an npz are classes, of test points too, of either type', async () => {
    const { y, yTest, classes, description } = await loadNpz(reference.archives.texts);
    expect(classes).toEqual(['maybe', 'no', 'yes']);
    expect([...y.data]).toEqual(oneHot(labels));
    expect([...(yTest?.data ?? [])]).toEqual(oneHot(['yes', 'no', 'maybe']));
    expect(description).toMatch(/3 classes, one-hot and centred .*: maybe, no, yes$/);
    const two = await loadNpz(reference.archives['two classes'], { labels: 'classes' });
    expect([[...two.y.data], two.classes]).toEqual([
      [1, -1, -1, 1],
      ['cat', 'dog'],
    ]);
  });

  it('of an npy are classes', async () => {
    const { y, classes } = await load({ npy: 'X.npy', targets: 'Y.npy' }, reference.files);
    expect([classes, [...y.data]]).toEqual([['maybe', 'no', 'yes'], oneHot(labels)]);
  });

  it('are refused where numbers are asked for', async () => {
    await expect(loadNpz(reference.archives.texts, { labels: 'numbers' })).rejects.toThrow(
      /^Y\[0\]: "no" is no number, and "labels": "numbers" takes no texts$/,
    );
  });

  it.each(Object.entries(reference.refusedArchives))('are refused: %s', async (_, [file, reason]) => {
    await expect(loadNpz(file)).rejects.toThrow(reason);
  });

  it('are read as inputs of an npy by nobody', async () => {
    await expect(load({ npy: 'Y.npy', targets: 'Y.npy' }, reference.files)).rejects.toThrow(
      /^Y\.npy: entries of type \|S5, texts; save numbers$/,
    );
  });

  it('keep their names in results and reports', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'd.npz'), bytes(reference.archives.texts));
    writeFileSync(
      join(folder, 'p.json'),
      JSON.stringify({
        data: { npz: 'd.npz' },
        network: { width: 50, biasVariance: 1 },
        noiseVariance: 1e-6,
      }),
    );
    const { status, stderr } = run(folder, ['compare', 'p.json', '--theories', 'nngp', '--out', 'out']);
    expect([status, stderr]).toEqual([0, '']);
    const { data, theories } = JSON.parse(readFileSync(join(folder, 'out/compare.json'), 'utf8'));
    expect(data.classes).toEqual(['maybe', 'no', 'yes']);
    expect(theories[0].train.accuracy).toBe(1);
    expect(readFileSync(join(folder, 'out/report.html'), 'utf8')).toMatch(/maybe, no, yes/);
    expect(run(folder, ['solve', 'p.json', '--theory', 'nngp', '--out', 'one']).status).toBe(0);
    const predictions = readNpz(readFileSync(join(folder, 'one/predictions.npz')), 'predictions.npz');
    expect([...(predictions.get('train_class')?.values ?? [])]).toEqual([1, 2, 0, 1, 2, 0]);
    expect(predictions.get('class')?.values).toHaveLength(3);
  });
});
