import page from 'virtual:page';
import type { FromPage, PlainSetup, Theme, ToPage } from './messages';

/** What of anywidget's model is used. */
interface Model {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown): void;
  on(event: string, callback: (...args: never[]) => void): void;
  off(event: string, callback: (...args: never[]) => void): void;
}

/** Keys of the page's setup as variables of Python. */
const variableOf = (key: string): string =>
  key === 'layers' ? 'hidden_layers' : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The document of the page, unpacked. */
async function documentText(): Promise<string> {
  const bytes = Uint8Array.from(atob(page), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}

/** Bytes of what a model holds or sends, which is a view of them. */
const bytesOf = (view: DataView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();

/** The theme of the notebook: of JupyterLab, VS Code or marimo; undefined where it says none. */
function themeOf({ body, documentElement }: Document): Theme | undefined {
  const has = (name: string) => body.classList.contains(name) || documentElement.classList.contains(name);
  const { jpThemeLight } = body.dataset;
  if (jpThemeLight) return jpThemeLight === 'false' ? 'dark' : 'light';
  if (has('vscode-dark') || has('dark')) return 'dark';
  return has('vscode-light') || has('light') ? 'light' : undefined;
}

/** The explorer in a frame of its own, whose state is the model's; what either changes reaches the other. */
async function render({ model, el }: { model: Model; el: HTMLElement }): Promise<() => void> {
  const keys = model.get('_keys') as readonly string[];
  const setup = (some: readonly string[]): PlainSetup =>
    Object.fromEntries(some.map((key) => [key, model.get(variableOf(key))]));
  const frame = document.createElement('iframe');
  frame.title = 'finite-width explorer';
  frame.style.cssText = `width: 100%; height: ${Number(model.get('height'))}px; border: 0; border-radius: 10px`;
  // A page has a port of its own: notebooks that move the frame in their document load it again.
  let port: MessagePort | undefined;
  const say = (message: ToPage) => port?.postMessage(message);

  let silent = false;
  const changed = new Set<string>();
  const tell = () => {
    if (changed.size > 0) say({ kind: 'setup', setup: setup([...changed]) });
    changed.clear();
  };
  // What changes together is said together, and nothing else: what moves on the page meanwhile stays.
  const follow = (key: string) => {
    if (silent) return;
    changed.add(key);
    queueMicrotask(tell);
  };
  const giveFile = () => {
    const bytes = model.get('_file') as DataView | undefined;
    if (bytes?.byteLength) say({ kind: 'file', name: model.get('file') as string, bytes: bytesOf(bytes) });
  };
  const giveTheme = () => say({ kind: 'theme', theme: themeOf(document) });
  const answer = (content: { digit: number }, buffers: readonly DataView[]) =>
    say({ kind: 'digit', digit: content.digit, bytes: bytesOf(buffers[0]) });
  const resize = () => (frame.style.height = `${Number(model.get('height'))}px`);
  const change = (values: Readonly<Record<string, unknown>>) => {
    silent = true;
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    model.save_changes();
    silent = false;
  };
  const listen = ({ data }: MessageEvent<FromPage>) => {
    if (data.kind === 'digit') model.send({ digit: data.digit });
    else if (data.kind === 'setup')
      change(Object.fromEntries(Object.entries(data.setup).map(([key, value]) => [variableOf(key), value])));
    else change({ _arrays: new DataView((data.arrays ?? new Float64Array()).buffer), result: data.result });
  };
  const greet = ({ source, data }: MessageEvent) => {
    if (source !== frame.contentWindow || data !== 'finite-width') return;
    port?.close();
    const channel = new MessageChannel();
    port = channel.port1;
    port.onmessage = listen;
    frame.contentWindow?.postMessage('finite-width', '*', [channel.port2]);
    giveTheme();
    giveFile();
    say({ kind: 'setup', setup: setup(keys) });
  };
  const listeners: readonly (readonly [string, (...args: never[]) => void])[] = [
    ...keys.map((key) => [`change:${variableOf(key)}`, () => follow(key)] as const),
    ['change:_file', giveFile],
    ['change:height', resize],
    ['msg:custom', answer],
  ];
  for (const [event, listener] of listeners) model.on(event, listener);
  addEventListener('message', greet);
  const watcher = new MutationObserver(giveTheme);
  for (const node of [document.body, document.documentElement])
    watcher.observe(node, { attributes: true, attributeFilter: ['class', 'data-jp-theme-light'] });
  const text = await documentText();
  const theme = themeOf(document);
  frame.srcdoc = theme ? text.replace('<html ', `<html data-theme="${theme}" `) : text;
  el.append(frame);
  return () => {
    for (const [event, listener] of listeners) model.off(event, listener);
    removeEventListener('message', greet);
    watcher.disconnect();
    port?.close();
    frame.remove();
  };
}

export default { render };
