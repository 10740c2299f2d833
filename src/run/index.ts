/**
 * Run folders as things, in Node and in a page: listed, deleted, packed into one file, and put back. `home` says where runs are kept: `nodeHome`, or
 * `browserHome()` for the files of a page's origin.
 */
export type { FolderFile } from './archive.ts';
export { deleteRun, importRun, type ListedRun, listRuns, packRun } from './folders.ts';
export type { RunHome } from './home.ts';
export type { RunHost } from './lock.ts';
export { metricTable } from './metrics.ts';
export type { RunStorage } from './storage.ts';
