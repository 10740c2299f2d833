/**
 * `import('cohort-rl/envs?late')`: the same entry as a copy of its own. A file that is both in the first load and in a late part would be in the first
 * load with all that the late part wants of it; a copy keeps the first load small.
 */
import type { Plugin } from 'vite';

const mark = '?late';

/** Views that are loaded when they are first opened: whatever they import of the library is late, without saying so. */
const lateViews = /\/src\/(group|own|share)\//;

export function late(): Plugin {
  return {
    name: 'late',
    enforce: 'pre',
    async resolveId(source, importer) {
      const isMarked = source.endsWith(mark);
      const ofView = importer !== undefined && lateViews.test(importer) && /^cohort-rl(\/|$)/.test(source);
      // What a late file imports is late, too.
      if (!isMarked && !ofView && !(importer?.endsWith(mark) && source.startsWith('.'))) return undefined;
      const from = importer?.endsWith(mark) ? importer.slice(0, -mark.length) : importer;
      const found = await this.resolve(isMarked ? source.slice(0, -mark.length) : source, from, { skipSelf: true });
      return found && !found.external ? { ...found, id: `${found.id}${mark}` } : found;
    },
    async load(id) {
      if (!id.endsWith(mark)) return undefined;
      const { readFile } = await import('node:fs/promises');
      return readFile(id.slice(0, -mark.length), 'utf8');
    },
  };
}
