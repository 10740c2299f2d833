/**
 * How often numbers and curves on the page change, in milliseconds. A person reads no faster, and what the browser would lay out and paint in between is time
 * that the pictures of the policies at play need.
 */
export const readingInterval = 150;

/** At most one call per {@link readingInterval}, however often it is asked for; the first of a burst at the next picture, the last one never lost. */
export function seldom(call: () => void): () => void {
  let asked = false;
  let last = Number.NEGATIVE_INFINITY;
  const run = (): void => {
    asked = false;
    last = performance.now();
    call();
  };
  return () => {
    if (asked) return;
    asked = true;
    const wait = readingInterval - (performance.now() - last);
    if (wait > 0 || document.hidden) setTimeout(run, Math.max(wait, document.hidden ? 250 : 0));
    else requestAnimationFrame(run);
  };
}
