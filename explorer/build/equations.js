import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import katex from 'katex';

const file = fileURLToPath(new URL('../src/equations.json', import.meta.url));

/**
 * `virtual:equations`: every equation of src/equations.json as markup, so that the page needs no typesetter.
 */
export function equations() {
  return {
    name: 'equations',
    resolveId: (source) => (source === 'virtual:equations' ? '\0equations' : undefined),
    load(id) {
      if (id !== '\0equations') return undefined;
      this.addWatchFile(file);
      const set = (tex) => katex.renderToString(tex, { displayMode: true, output: 'htmlAndMathml' });
      const entries = Object.entries(JSON.parse(readFileSync(file, 'utf8'))).map(([name, tex]) => [
        name,
        set(tex),
      ]);
      return `export default ${JSON.stringify(Object.fromEntries(entries))};`;
    },
  };
}
