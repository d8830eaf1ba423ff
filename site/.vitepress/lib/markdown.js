import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Pixels beyond which a picture is not readable in a column of text. */
const LARGE = 1000;

/** The anchor of a heading, the same as where else these pages are shown (test/docs.test.ts holds links to it). */
export const anchorOf = (heading) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');

const isCommand = (text) => /^(npx|npm|node|python|pip) /.test(text.trim());

/** Indented blocks: commands as shells show them, everything else is an equation or a table of ours. */
function indentedBlocks(md) {
  md.renderer.rules.code_block = (tokens, k, options, env, self) => {
    const { content } = tokens[k];
    if (isCommand(content)) {
      const fence = Object.assign(Object.create(Object.getPrototypeOf(tokens[k])), tokens[k]);
      Object.assign(fence, { type: 'fence', info: 'sh', markup: '```', tag: 'code' });
      return md.renderer.rules.fence([fence], 0, options, env, self);
    }
    return `<pre class="equation" v-pre tabindex="0">${md.utils.escapeHtml(content.trimEnd())}</pre>\n`;
  };
}

/** `<!-- figure: NAME -->` stands for a figure that computes in the page. */
function liveFigures(md) {
  const plain = md.renderer.rules.html_block;
  md.renderer.rules.html_block = (tokens, k, ...rest) => {
    const name = /^<!-- figure: (\w+) -->/.exec(tokens[k].content)?.[1];
    return name ? `<LiveFigure name="${name}" />\n` : plain(tokens, k, ...rest);
  };
}

/** Pixels that a drawing says it is wide; 0 of other pictures, and where pages are read for the search alone. */
function widthOf(path) {
  if (!path.endsWith('.svg') || !existsSync(path)) return 0;
  return Number(/ width="(\d+)/.exec(readFileSync(path, 'utf8'))?.[1] ?? 0);
}

/**
 * Pictures by their place in the project, so that pages that include parts of others find them too; large ones
 * scroll by themselves.
 */
function pictures(md) {
  const plain = md.renderer.rules.image;
  md.renderer.rules.image = (tokens, k, options, env, self) => {
    const src = tokens[k].attrGet('src');
    if (!src || /^(\w+:|\/)/.test(src)) return plain(tokens, k, options, env, self);
    const place = posix.join(posix.dirname(env.relativePath), src);
    tokens[k].attrSet('src', `/${place}`);
    const image = plain(tokens, k, options, env, self);
    const width = widthOf(root + place);
    return width < LARGE
      ? image
      : `<span class="large" style="--natural:${width}px" tabindex="0">${image}</span>`;
  };
}

/** Wide tables scroll by themselves, also by keyboard. */
function tables(md) {
  md.renderer.rules.table_open = () => '<div class="wide" tabindex="0"><table>\n';
  md.renderer.rules.table_close = () => '</table></div>\n';
}

/** Links to files that are no pages (a licence, a notebook) are left to the browser. */
function files(md) {
  md.core.ruler.push('files', ({ tokens }) => {
    for (const { children } of tokens)
      for (const token of children ?? []) {
        if (token.type !== 'link_open') continue;
        const href = token.attrGet('href');
        if (href === '../README.md') token.attrSet('href', '../index.md');
        if (/(notebooks|\.cff|\.ipynb|LICENSE)$/.test(href)) token.attrSet('target', '_blank');
      }
  });
}

export const markdown = {
  anchor: { slugify: anchorOf },
  image: { lazyLoading: true },
  config(md) {
    for (const rule of [indentedBlocks, liveFigures, pictures, tables, files]) md.use(rule);
  },
};
