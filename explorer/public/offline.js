// Keeps what the page has loaded, so that it also opens without a network. Names of assets hold a hash of
// what they are, so that a kept one is never stale; pages are asked for again whenever there is a network.
const KEPT = 'finite-width';

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

/**
 * The page names itself and what it loaded before this worker was there. It is kept first: nothing opens
 * without it.
 */
self.addEventListener('message', (event) => {
  const keepAll = async ([page, ...assets]) => {
    const cache = await caches.open(KEPT);
    const add = async (url) => (await cache.match(url)) ?? cache.add(url);
    await Promise.allSettled([add(page)]);
    await Promise.allSettled(assets.map(add));
  };
  event.waitUntil(keepAll(event.data));
});

const keep = async (request, response) => {
  if (response.ok) (await caches.open(KEPT)).put(request, response.clone());
  return response;
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  const fromNetwork = async () => keep(request, await fetch(request));
  const lasting = /\/(assets|digits)\//.test(pathname);
  event.respondWith(
    lasting
      ? caches.match(request).then((kept) => kept ?? fromNetwork())
      : fromNetwork().catch(
          async () => (await caches.match(request, { ignoreSearch: true })) ?? Response.error(),
        ),
  );
});
