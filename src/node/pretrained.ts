/**
 * Policies that come with the package: where they lie in it, and which there are.
 */
import { existsSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type PretrainedPolicy, parsePretrained } from '../policies/pretrained.ts';
import { maxJsonBytes } from '../run/storage.ts';
import { readPlainSync } from './files.ts';

// The build puts every file of ours directly into dist/, one level below package.json; the sources are two levels below.
const [folder] = ['../policies/', '../../policies/']
  .map((path) => fileURLToPath(new URL(path, import.meta.url)))
  .filter((path) => existsSync(join(path, 'list.json')));

let known: readonly PretrainedPolicy[] | undefined;

/** The policies that come with the package. Throws `CohortError` if their list is damaged. */
export function pretrainedPolicies(): readonly PretrainedPolicy[] {
  if (folder === undefined) return [];
  const file = join(folder, 'list.json');
  known ??= parsePretrained(readPlainSync(file, maxJsonBytes), file);
  return known;
}

/** The folder of a policy that comes with the package, by its name. */
export function pretrainedFolder(name: string): string | undefined {
  return folder !== undefined && pretrainedPolicies().some((policy) => policy.name === name) ? join(folder, name) : undefined;
}

/** Whether something has that path; nothing can have one that is too long, or goes through a file. */
function isThere(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** The same, unless something on the disk has that name: a folder of one's own comes first. */
export function pretrainedUnlessThere(name: string): string | undefined {
  return isThere(name) ? undefined : pretrainedFolder(name);
}
