/** What the server of the watch page says with every answer: the kind of content, and what the page may do. */
import { createHash } from 'node:crypto';

const types = {
  text: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  wasm: 'application/wasm',
  safetensors: 'application/octet-stream',
} as const;

/** A kind of content. */
export type Kind = keyof typeof types;

/** Where a page with MuJoCo finds it. */
export const importMap = '{"imports":{"@mujoco/mujoco":"./mujoco/mujoco.js"}}';

/**
 * The page's rights: scripts, styles and data from here only. WebAssembly has to be allowed by name; MuJoCo's bindings besides make
 * functions from text (Emscripten's embind), so only a page whose environment needs MuJoCo may do that.
 */
export function contentSecurityPolicy(withMujoco: boolean): string {
  const hash = createHash('sha256').update(importMap).digest('base64');
  const scripts = withMujoco ? `'self' 'wasm-unsafe-eval' 'unsafe-eval' 'sha256-${hash}'` : `'self' 'wasm-unsafe-eval'`;
  return [
    "default-src 'none'",
    `script-src ${scripts}`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The headers of an answer. */
export function headersOf(kind: Kind, withMujoco: boolean): Record<string, string> {
  return {
    'Content-Type': types[kind],
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(withMujoco),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
