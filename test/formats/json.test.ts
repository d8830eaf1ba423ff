import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '#src/formats/json.js';

const utf16 = (text: string, bigEndian: boolean) => {
  const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('a JSON file', () => {
  const text = '{"data": {"csv": "größe.csv"}, "list": [1, {"a": null}]}';
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a byte-order mark', Buffer.from(`\uFEFF${text}`)],
    ['UTF-16, little-endian', utf16(text, false)],
    ['UTF-16, big-endian', utf16(text, true)],
  ])('is read in %s', (_, bytes) => {
    expect(parseJson(bytes, 'p.json')).toEqual(JSON.parse(text));
  });

  it.each([
    ['{"a": 1, "a": 2}', 'a'],
    ['{"a": {"b": 1, "c": [{}], "b": 1}}', 'b'],
    ['[{"x": "a"}, {"x": ":", "y": [], "x": ","}]', 'x'],
    [String.raw`{"\u0061": 1, "a": 2}`, 'a'],
    [String.raw`{"q\"{": 1, "q\"{": 2}`, 'q"{'],
  ])('%s has a key twice, which is refused by its name', (json, key) => {
    expect(() => parseJson(Buffer.from(json), 'p.json')).toThrow(
      `p.json: the key "${key}" is given twice; leave one of them out`,
    );
  });

  it('is what JSON.parse makes of it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const json = JSON.stringify(value);
        expect(parseJson(Buffer.from(json), 'p.json')).toEqual(JSON.parse(json));
      }),
    );
  });

  it('that is none is refused in one line', () => {
    expect(() => parseJson(Buffer.from('{"a": 1,}'), 'p.json')).toThrow(/^p\.json: not valid JSON: [^\n]+$/);
  });
});
