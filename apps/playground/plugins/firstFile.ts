/**
 * One file for everything that the page loads at first: what late views share with it would be split off into files of their own, which compress worse than
 * the whole.
 */
import { join } from 'node:path';

const main = join(import.meta.dirname, '../src/main.ts');

/** What rolldown tells of a module. */
interface Modules {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

const first = new Set<string>();

/** The name of the file for a module: `first` for what the page imports without waiting, and none for the rest. */
export function firstFile(id: string, modules: Modules): string | null {
  if (first.size === 0) {
    const waiting = [main];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (first.has(next)) continue;
      first.add(next);
      waiting.push(...(modules.getModuleInfo(next)?.importedIds ?? []));
    }
  }
  return first.has(id) ? 'first' : null;
}
