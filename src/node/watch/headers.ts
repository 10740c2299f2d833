/** What the server of the watch page says with every answer: the kind of content, and what the page may do. */
import { createHash } from 'node:crypto';

/** The media type of each kind of content. */
export const mediaTypes = {
  text: 'text/plain; charset=utf-8',
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  wasm: 'application/wasm',
  safetensors: 'application/octet-stream',
} as const;

/** A kind of content. */
export type Kind = keyof typeof mediaTypes;

/** What a page needs besides its own files. */
export interface PageNeeds {
  /** Its environment is one of MuJoCo's. */
  readonly mujoco: boolean;
  /** Its environment comes from a module of the user, which may import from the package: the page's own script stands for it. */
  readonly modules: boolean;
  /** It may show bodies in space, with three.js. */
  readonly three: boolean;
}

/** Where the page finds what is imported by a bare name; empty where nothing is. */
export function importMapOf({ mujoco, modules, three }: PageNeeds): string {
  const imports = {
    ...(mujoco && { '@mujoco/mujoco': './mujoco/mujoco.js' }),
    ...(modules && { 'cohort-rl': './page.js', 'cohort-rl/envs': './page.js' }),
    ...(three && { three: './three/three.module.js' }),
  };
  return mujoco || modules || three ? JSON.stringify({ imports }) : '';
}

/**
 * The page's rights: scripts, styles and data from here only. WebAssembly has to be allowed by name; MuJoCo's bindings besides make
 * functions from text (Emscripten's embind), so only a page whose environment needs MuJoCo may do that.
 */
export function contentSecurityPolicy(needs: PageNeeds): string {
  const map = importMapOf(needs);
  const hash = map === '' ? '' : ` 'sha256-${createHash('sha256').update(map).digest('base64')}'`;
  const scripts = `'self' 'wasm-unsafe-eval'${needs.mujoco ? " 'unsafe-eval'" : ''}${hash}`;
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
export function headersOf(kind: Kind, needs: PageNeeds): Record<string, string> {
  return {
    'Content-Type': mediaTypes[kind],
    'Cache-Control': 'no-store',
    'Content-Security-Policy': contentSecurityPolicy(needs),
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}
