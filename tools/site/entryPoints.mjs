/** What programs import from the package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entries } from '../build.mjs';

/** Public entry points: what a program imports, and the source behind it. Of two for two platforms, that of Node. */
export function listEntryPoints(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) => {
    const bundle = /([^/]+)\.js$/.exec(target.node ?? target.default ?? '')?.[1];
    return bundle ? [{ name: path === '.' ? 'cohort-rl' : `cohort-rl/${path.slice(2)}`, source: entries[bundle] }] : [];
  });
}
