import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { anchorOf } from '../lib/markdown.js';

const file = fileURLToPath(new URL('../../../docs/figures.md', import.meta.url));

/** Pictures of docs/figures.md, each with the command that makes it and the section it stands in. */
function pictures() {
  const found = [];
  let section = '';
  /** of a block above, one for each picture below it, or one for all of them */
  let commands = [];
  let above = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const heading = /^## (.*)/.exec(line)?.[1];
    if (heading) [section, commands] = [heading, []];
    if (/^ {4}npx /.test(line)) {
      if (!/^ {4}npx /.test(above)) commands = [];
      commands.push(line.trim().replace(/\s+#.*$/, ''));
    }
    above = line;
    const [, alt, src] = /^!\[(.*)\]\(pictures\/(.*)\)$/.exec(line) ?? [];
    if (src) {
      const command = (commands.length > 1 ? commands.shift() : commands[0]) ?? '';
      found.push({ section, anchor: anchorOf(section), command, alt, src });
    }
  }
  return found;
}

export default { watch: [file], load: pictures };
