/** The page without a network: its service worker keeps every file of this version, and says so. */

/** What the page says of it. */
export const offline = $state({ line: '' });

/** Begins to keep the files; a page without service workers, as in some private windows, goes on without. */
export async function keepOffline(): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator) || document.documentElement.hasAttribute('data-local')) return;
  const { version } = document.documentElement.dataset;
  const isFirst = navigator.serviceWorker.controller === null;
  if (!isFirst) offline.line = 'It works without a network.';
  navigator.serviceWorker.addEventListener('message', ({ data }) => {
    // Of the worker that has just become active: the page itself came from the network, and may be as new.
    if (data.version !== version) offline.line = 'A new version is here: it is used when you load the page again.';
    else if (isFirst) offline.line = 'It works without a network from now on.';
  });
  try {
    const registration = await navigator.serviceWorker.register('./serviceWorker.js');
    // Whoever comes back to a page that was left open hears of a new version.
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') registration.update().catch(() => undefined);
    });
  } catch {
    // No offline copy; everything else works.
  }
}
