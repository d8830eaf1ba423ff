import { Marked } from 'marked';

const style = `
:root { color-scheme: light dark; --ink: #1d2330; --soft: #5b6475; --line: #dfe3ea; --page: #ffffff; --panel: #f6f7f9; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaf0; --soft: #a2abbc; --line: #343b49; --page: #14171d; --panel: #1d222b; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 2rem 1.2rem 4rem; }
h2 { margin-top: 2.5rem; scroll-margin-top: 1rem; }
h2:target { text-decoration: underline; text-underline-offset: 0.3em; }
pre { padding: 0.8rem 1rem; overflow-x: auto; background: var(--panel); border-radius: 8px; font-size: 0.88rem; }
code { font-size: 0.9em; }
table { display: block; overflow-x: auto; border-collapse: collapse; font-size: 0.9rem; }
th, td { padding: 0.35rem 0.8rem 0.35rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
a { color: inherit; }
`;

/** How a heading is named in links: lower case, words joined by hyphens, as on code hosts. */
export const slugOf = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

/** docs/theory.md as a page of its own, with an anchor at every heading. */
export function docsPage(markdown) {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        return `<h${depth} id="${slugOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
    },
  });
  const body = marked.parse(markdown);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>The equations of finite-width</title><style>${style}</style></head>
<body><main><p><a href="../index.html">← explorer</a></p>${body}</main></body></html>
`;
}
