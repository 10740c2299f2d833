/** Whether an element is light or dark, by whatever means the page decides it. */
import type { Theme } from './palette.ts';

/** Tells the theme of an element now and whenever it changes; returns what ends that. The page sets `color-scheme`. */
export function watchTheme(element: HTMLElement, tell: (theme: Theme) => void): () => void {
  const probe = document.createElement('span');
  probe.hidden = true;
  probe.style.color = 'light-dark(rgb(0, 0, 0), rgb(255, 255, 255))';
  element.append(probe);
  const look = (): void => tell(getComputedStyle(probe).color === 'rgb(255, 255, 255)' ? 'dark' : 'light');
  const media = matchMedia('(prefers-color-scheme: dark)');
  media.addEventListener('change', look);
  const observer = new MutationObserver(look);
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true });
  look();
  return () => {
    media.removeEventListener('change', look);
    observer.disconnect();
    probe.remove();
  };
}
