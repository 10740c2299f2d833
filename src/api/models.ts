/**
 * Pretrained models, in a program: opened once, known by what they were opened by.
 */
import { mistake, show } from '../core/errors.ts';
import type { ModelFiles } from '../lm/checkpoints/files.ts';
import type { PretrainedModel } from '../lm/checkpoints/pretrained.ts';
import type { TokenizerPackages } from '../lm/checkpoints/tokenizer.ts';
import type { LibraryContext } from './context.ts';

// Loaded late: most pages open no model.
const loadOpening = () => import('../lm/checkpoints/open.ts');

/** How to open a model. */
export interface OpenModelOptions {
  /** The packages that read its tokenizer; in Node they are loaded by themselves, a page passes them. */
  readonly tokenizers?: TokenizerPackages | undefined;
}

/** Models of one platform. */
export function createModels({ models, platform }: LibraryContext) {
  const packagesOf = async ({ tokenizers }: OpenModelOptions, place: string): Promise<TokenizerPackages> => {
    const found = tokenizers ?? (await platform.loadTokenizers?.(place));
    if (found) return found as TokenizerPackages;
    const advice =
      'pass them: openModel(files, { tokenizers: { tokenizers: await import("@huggingface/tokenizers"), jinja: await import("@huggingface/jinja") } })';
    throw mistake(`model ${show(place)}`, 'the packages that read its tokenizer', 'none', advice);
  };

  return {
    async open(from: string | ModelFiles, options: OpenModelOptions = {}): Promise<PretrainedModel> {
      const place = typeof from === 'string' ? from : from.place;
      const known = models.get(place);
      if (known) return known;
      const found = typeof from === 'string' ? await platform.openModelFiles?.(from) : { files: from };
      if (!found)
        throw mistake('openModel', 'files, where there are no paths', show(from), 'pass filesOf(name, { "config.json": ..., ... })');
      const { openPretrained } = await loadOpening();
      const model = await openPretrained(place, found, await packagesOf(options, place));
      models.set(place, model);
      return model;
    },
  };
}
