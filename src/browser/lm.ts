/**
 * `cohort-rl/lm` in a page: parts of the road of language models, and tasks of files.
 */
export type { DataFileOptions } from '../lm/data/file.ts';
export * from '../lm/index.ts';
export { type PageDataOptions, type PictureSource, readDataTask } from './dataFile.ts';
