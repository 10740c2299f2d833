/**
 * `cohort-rl/lm` in a page: parts of the road of language models, and tasks of files.
 */
import type { Cohort } from '../api/cohort.ts';

export type { ServedModelOptions } from '../api/servedModels.ts';
export type { DataFileOptions } from '../lm/data/file.ts';
export * from '../lm/index.ts';
export { type PageDataOptions, type PictureSource, readDataTask } from './dataFile.ts';

// Late: bound to the same entry as the tasks, the library would be one file with them, in every page that trains.
const loadServedModels = () => import('./servedModels.ts');

/** Opens the tokenizer of a model that is on a server; see `Cohort.openTokenizer`. */
export const openTokenizer: Cohort['openTokenizer'] = async (...given) => (await loadServedModels()).openTokenizer(...given);

/** Opens a model on a server that is OpenAI-compatible, to sample from; see `Cohort.openServedModel`. */
export const openServedModel: Cohort['openServedModel'] = async (...given) => (await loadServedModels()).openServedModel(...given);
