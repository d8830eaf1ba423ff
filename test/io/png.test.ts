import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { toPng } from '#src/io/png.js';

const svg = (body: string) =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40" width="120" height="40" style="font-family:system-ui,sans-serif"><rect width="120" height="40" fill="white"/>${body}</svg>`;

const dark = (bytes: Uint8Array): number => {
  const { data, channels } = decode(bytes);
  let count = 0;
  for (let p = 0; p < data.length; p += channels) if (data[p] < 100) count++;
  return count;
};

describe('toPng', () => {
  it('draws shapes at two pixels a unit', async () => {
    const bytes = await toPng(svg('<rect x="10" y="10" width="20" height="10" fill="#000"/>'));
    const { width, height } = decode(bytes);
    expect([width, height]).toEqual([240, 80]);
    expect(dark(bytes)).toBe(40 * 20);
  });

  it('draws letters, Greek ones and subscripts too, without fonts of the machine', async () => {
    const text = (content: string) =>
      toPng(svg(`<text x="10" y="25" font-size="16" fill="#000">${content}</text>`));
    const counts = await Promise.all(['ξ', 'σ²', 'ᵀ', 'γ'].map(async (letter) => dark(await text(letter))));
    for (const count of counts) expect(count).toBeGreaterThan(10);
    expect(await text('χ')).toEqual(await text('χ'));
  });
});
