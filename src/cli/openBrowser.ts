/** Showing a page to the person at the terminal. */
import { spawn } from 'node:child_process';

/** Opens the default browser, where there is a person with a screen, and says whether; never fails. */
export function openBrowser(url: string): boolean {
  const { platform, env } = process;
  if (!process.stdout.isTTY || env.CI !== undefined || env.SSH_CONNECTION !== undefined) return false;
  if (platform !== 'win32' && platform !== 'darwin' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return false;
  const [command, words] =
    platform === 'win32' ? ['cmd', ['/c', 'start', '""', url]] : platform === 'darwin' ? ['open', [url]] : ['xdg-open', [url]];
  const child = spawn(command as string, words as string[], { stdio: 'ignore', detached: true });
  child.on('error', () => {
    // The address is on the screen; that is enough.
  });
  child.unref();
  return true;
}
