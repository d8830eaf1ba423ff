import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anchorOf } from '../lib/markdown.js';

const file = fileURLToPath(new URL('../../../docs/figures.md', import.meta.url));

/** Pictures of docs/figures.md, each with the command above it and the section it stands in. */
function pictures() {
  const found = [];
  let [section, command] = ['', ''];
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const heading = /^## (.*)/.exec(line)?.[1];
    if (heading) [section, command] = [heading, ''];
    if (/^ {4}npx /.test(line)) command = line.trim().replace(/\s+#.*$/, '');
    const [, alt, src] = /^!\[(.*)\]\(pictures\/(.*)\)$/.exec(line) ?? [];
    if (src) found.push({ section, anchor: anchorOf(section), command, alt, src });
  }
  return found;
}

export default { watch: [file], load: pictures };
