/** At most one call per picture of the screen, however often it is asked for; a page in the background is called four times a second. */
export function oncePerFrame(call: () => void): () => void {
  let asked = false;
  const run = (): void => {
    if (!asked) return;
    asked = false;
    call();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (document.hidden) setTimeout(run, 250);
    else requestAnimationFrame(run);
  };
}
