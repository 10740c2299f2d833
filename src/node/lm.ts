/**
 * `cohort-rl/lm` in Node: parts of the road of language models, and tasks of files.
 */
import type { Cohort } from '../api/cohort.ts';
import { cohort } from './library.ts';

export type { ServedModelOptions } from '../api/servedModels.ts';
export type { DataFileOptions } from '../lm/data/file.ts';
export * from '../lm/index.ts';
export { type ChatServer, type ChatServerOptions, type EpisodeMessage, startChatServer } from './chatServer.ts';
export { readDataTask } from './dataFile.ts';

/** Opens the tokenizer of a model that is on a server; see `Cohort.openTokenizer`. */
export const openTokenizer: Cohort['openTokenizer'] = cohort.openTokenizer;

/** Opens a model on a server that is OpenAI-compatible, to sample from; see `Cohort.openServedModel`. */
export const openServedModel: Cohort['openServedModel'] = cohort.openServedModel;
