/** Milliseconds after which the page has loaded what it needs, its first solution included. */
const SETTLED = 4000;
/** What the worker asks for by itself, any of which may be chosen later. */
const DIGITS = Array.from({ length: 10 }, (_, digit) => `./digits/${digit}.bytes`);

/** Lets the page open without a network the next time, where the browser can do that. */
export function keepForOffline(): void {
  if (!('serviceWorker' in navigator) || !isSecureContext) return;
  const name = async () => {
    const { active } = await navigator.serviceWorker
      .register('./offline.js')
      .then(() => navigator.serviceWorker.ready);
    const loaded = performance.getEntriesByType('resource').map((entry) => entry.name);
    const own = loaded.filter((url) => new URL(url).origin === location.origin);
    const digits = DIGITS.map((path) => new URL(path, location.href).href);
    active?.postMessage([new URL('.', location.href).href, ...own, ...digits]);
  };
  // A page that cannot be kept is a page that needs its network, as others do.
  setTimeout(() => void name().catch(() => {}), SETTLED);
}
