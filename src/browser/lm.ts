/**
 * `cohort-rl/lm` in a page: parts of the road of language models, and tasks of files.
 */
import { checkedLater } from '../api/checks.ts';
import type { Cohort } from '../api/cohort.ts';
import { languageModels } from './library.ts';

export type { ServedModelOptions } from '../api/servedModels.ts';
export type { DataFileOptions } from '../lm/data/file.ts';
export * from '../lm/index.ts';
export { type PageDataOptions, type PictureSource, readDataTask } from './dataFile.ts';

/** Opens the tokenizer of a model that is on a server; see `Cohort.openTokenizer`. */
export const openTokenizer: Cohort['openTokenizer'] = /* @__PURE__ */ checkedLater('openTokenizer', (from, options) =>
  languageModels.openTokenizer(from, options),
);
/** Opens a model on a server that is OpenAI-compatible, to sample from; see `Cohort.openServedModel`. */
export const openServedModel: Cohort['openServedModel'] = /* @__PURE__ */ checkedLater('openServedModel', (options) =>
  languageModels.openServedModel(options),
);
