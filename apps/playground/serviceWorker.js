/**
 * Keeps the files of the page, and makes it cross-origin isolated where its server does not. The build fills in the list and the version.
 *
 * The page itself comes from the network if there is one, so that a new version is used at the next load; its other files have their content's hash in
 * their names and come from the cache. The files of the version before stay, for pages that are still open.
 */
const version = '__VERSION__';
const files = __FILES__;
const cacheName = `cohort-playground-${version}`;
/** What is kept once somebody asked for it: MuJoCo, until the page wants another version of it. */
const mujocoName = 'cohort-mujoco-__MUJOCO__';
const mujocoFiles = ['mujoco/mujoco.js', 'mujoco/mujoco.wasm'].map((file) => new URL(file, registration.scope).href);

addEventListener('install', (event) => {
  const keep = async () => {
    const cache = await caches.open(cacheName);
    await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })));
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener('activate', (event) => {
  const clean = async () => {
    const own = (await caches.keys()).filter((name) => name.startsWith('cohort-playground-') && name !== cacheName);
    const otherMujoco = (await caches.keys()).filter((name) => name.startsWith('cohort-mujoco-') && name !== mujocoName);
    await Promise.all([...own.slice(0, -1), ...otherMujoco].map((name) => caches.delete(name)));
    await clients.claim();
    for (const client of await clients.matchAll()) client.postMessage({ version });
  };
  event.waitUntil(clean());
});

/** The same answer with the headers without which a page may not share memory with its workers. */
function isolated(response) {
  if (response.status === 0) return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** What is kept of a request: in this version, else in the one before, whose pages may still be open. */
async function keptOf(request) {
  const own = await caches.open(cacheName);
  const wanted = request.mode === 'navigate' ? './' : request;
  return (await own.match(wanted, { ignoreSearch: true })) ?? (await caches.match(wanted, { ignoreSearch: true }));
}

/** What is kept of MuJoCo; what is not comes from the network, and is. */
async function mujocoOf(request) {
  const cache = await caches.open(mujocoName);
  const kept = await cache.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  // A storage that is full takes nothing away.
  if (response.ok) await cache.put(request, response.clone()).catch(() => undefined);
  return response;
}

async function answer(request) {
  if (request.mode === 'navigate') {
    try {
      const response = await fetch(request);
      if (response.ok) return isolated(response);
    } catch {
      // No network: what is kept.
    }
    return isolated((await keptOf(request)) ?? Response.error());
  }
  if (mujocoFiles.includes(request.url)) return isolated(await mujocoOf(request));
  return isolated((await keptOf(request)) ?? (await fetch(request)));
}

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method === 'GET' && new URL(request.url).origin === location.origin) event.respondWith(answer(request));
});
