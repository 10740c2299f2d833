/** Finds a Chromium for the browser tests: CHROME_PATH if it is set, else where the usual packages put one. */
import { existsSync } from 'node:fs';

const usualPlaces = {
  linux: ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'],
  darwin: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
  win32: ['C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'],
};

/** The path of a browser's executable, or `undefined`. */
export function findBrowser() {
  const asked = process.env.CHROME_PATH;
  if (asked) return asked;
  return usualPlaces[process.platform]?.find((path) => existsSync(path));
}

/**
 * Arguments for a headless Chromium in tests: the sandbox does not work for root, nothing may call home, and WebGPU comes from the
 * software adapter (right, not fast).
 */
export const browserArguments = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
];

/** Response headers that make a page cross-origin isolated, without which there is no SharedArrayBuffer. */
export const isolationHeaders = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
