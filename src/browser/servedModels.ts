/** What `cohort-rl/lm` has of the library bound to a page: models on servers, and their tokenizers. */
import { checkedLater } from '../api/checks.ts';
import type { Cohort } from '../api/cohort.ts';
import { languageModels } from './library.ts';

export const openTokenizer: Cohort['openTokenizer'] = /* @__PURE__ */ checkedLater('openTokenizer', (from, options) =>
  languageModels.openTokenizer(from, options),
);
export const openServedModel: Cohort['openServedModel'] = /* @__PURE__ */ checkedLater('openServedModel', (options) =>
  languageModels.openServedModel(options),
);
