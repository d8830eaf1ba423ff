/** Text that is safe inside HTML. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string);

export const layerName = (l: number): string => (l === 0 ? 'input' : `layer ${l}`);

export const section = (title: string, content: string): string =>
  `<section><h2>${title}</h2>${content}</section>`;

export const note = (text: string): string => `<p class="note">${text}</p>`;
