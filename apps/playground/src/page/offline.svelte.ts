/** The page without a network: its service worker keeps every file of this version, and says so. */

/** What the page says of it. */
export const offline = $state({ line: '' });

/** Begins to keep the files; a page without service workers, as in some private windows, goes on without. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator) || document.documentElement.hasAttribute('data-local')) return;
  try {
    const isFirst = navigator.serviceWorker.controller === null;
    const registration = await navigator.serviceWorker.register('./serviceWorker.js');
    const follow = (worker: ServiceWorker | null): void => {
      worker?.addEventListener('statechange', () => {
        if (worker.state === 'activated') {
          offline.line = isFirst
            ? 'It works without a network from now on.'
            : 'A new version is here: it is used when you load the page again.';
        }
      });
    };
    if (registration.installing) follow(registration.installing);
    else offline.line = 'It works without a network.';
    registration.addEventListener('updatefound', () => follow(registration.installing));
  } catch {
    // No offline copy; everything else works.
  }
}
