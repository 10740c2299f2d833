/**
 * `cohort-rl/lm` in Node: parts of the road of language models, and tasks of files.
 */
export type { DataFileOptions } from '../lm/data/file.ts';
export * from '../lm/index.ts';
export { readDataTask } from './dataFile.ts';
