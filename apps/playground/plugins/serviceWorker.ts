/** Writes the service worker beside the page: with the list of the files of this build, and their hash as its version, which the page has as well. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import { mujocoVersion } from './mujocoFiles.ts';

export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.keys(bundle).sort();
        const hash = createHash('sha256');
        for (const file of files) {
          const part = bundle[file]!;
          hash.update(file).update(part.type === 'chunk' ? part.code : part.source);
        }
        const version = hash.digest('hex').slice(0, 12);
        const page = bundle['index.html'];
        if (page?.type !== 'asset') throw new Error('playground: expected index.html in the build, got none');
        page.source = String(page.source).replace('<html ', `<html data-version="${version}" `);
        const source = readFileSync(join(import.meta.dirname, '../serviceWorker.js'), 'utf8')
          .replace('__VERSION__', version)
          .replace('__MUJOCO__', mujocoVersion())
          .replace('__FILES__', JSON.stringify(['./', ...files.filter((file) => file !== 'index.html').map((file) => `./${file}`)]));
        this.emitFile({ type: 'asset', fileName: 'serviceWorker.js', source });
      },
    },
  };
}
