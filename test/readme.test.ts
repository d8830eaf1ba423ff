import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseProblem } from '#src/problem/schema.js';
import { root } from './support.js';

const readme = readFileSync(join(root, 'README.md'), 'utf8');
const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map((match) => match[1]);

describe('the README', () => {
  it('shows a problem file that is one', () => {
    expect(blocks('json').map((text) => parseProblem(JSON.parse(text)).network.activation)).toEqual(['gelu']);
  });

  it('shows a program that runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'finite-width-readme-'));
    const entry = pathToFileURL(join(root, 'dist/index.js')).href;
    const code = blocks('ts')[0].replace("'finite-width'", `'${entry}'`);
    const file = join(folder, 'example.mjs');
    writeFileSync(
      file,
      `const xTest = { rows: 1, columns: 2, data: Float64Array.of(0.1, 0.5) };\n${code}\nexport { posterior };\n`,
    );
    const { posterior } = await import(pathToFileURL(file).href);
    rmSync(folder, { recursive: true });
    expect(posterior.convergence.converged).toBe(true);
    expect(posterior.alignment()).toHaveLength(3);
  });
});
