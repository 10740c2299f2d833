/**
 * Pretrained models, in a program: opened once, known by what they were opened by.
 */
import { mistake, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import type { FoundModel } from '../core/platform.ts';
import type { ModelFiles } from '../lm/checkpoints/files.ts';
import {
  adapterConfigFile,
  isGguf,
  isHubName,
  isModelFolder,
  isServed,
  isServerAddress,
  refuseSampler,
  tokenizerPlace,
} from '../lm/checkpoints/place.ts';
import type { PretrainedModel } from '../lm/checkpoints/pretrained.ts';
import type { TokenizerPackages } from '../lm/checkpoints/tokenizer.ts';
import { runFiles } from '../run/layout.ts';
import { maxJsonBytes } from '../run/storage.ts';
import type { LibraryContext } from './context.ts';

// Loaded late: most pages open no model.
const loadOpening = () => import('../lm/checkpoints/open.ts');

/** How to open a model. */
export interface OpenModelOptions {
  /** The packages that read its tokenizer; in Node they are loaded by themselves, a page passes them. */
  readonly tokenizers?: TokenizerPackages | undefined;
}

/** What {@link openNamed} needs of a library. */
export interface OpensModels {
  openModel(place: string): Promise<unknown>;
  openTokenizer(place: string): Promise<void>;
}

/** Opens what a configuration names: a pretrained model, or the tokenizer of one that is on a server. Throws `CohortError` as opening does. */
export async function openNamed(input: Readonly<Record<string, unknown>>, library: OpensModels): Promise<void> {
  if (typeof input.model !== 'string' && input.backend === undefined) return;
  refuseSampler(input);
  const place = isServed(input) ? tokenizerPlace(input) : undefined;
  if (place !== undefined) await library.openTokenizer(place);
  else if (typeof input.model === 'string' && !isServed(input)) await library.openModel(input.model);
}

/** Models of one platform. */
export function createModels({ models, tokenizers, platform, homeOf }: LibraryContext) {
  const packagesOf = async ({ tokenizers }: OpenModelOptions, place: string): Promise<TokenizerPackages> => {
    const found = tokenizers ?? (await platform.loadTokenizers?.());
    if (found) return found as TokenizerPackages;
    const advice =
      'pass them: openModel(files, { tokenizers: { tokenizers: await import("@huggingface/tokenizers"), jinja: await import("@huggingface/jinja") } })';
    throw mistake(`model ${show(place)}`, 'the packages that read its tokenizer', 'none', advice);
  };

  const find = async (path: string, options?: { readonly withoutWeights: boolean }): Promise<FoundModel> => {
    if (platform.openModelFiles) return platform.openModelFiles(path, options);
    throw mistake('openModel', 'files, where there are no paths', show(path), 'pass filesOf(name, { "config.json": ..., ... })');
  };

  return {
    /** Whether a place is that of a pretrained model, an adapter or a server, and not of a run. */
    async isModel(place: string): Promise<boolean> {
      if (models.has(place) || isGguf(place) || isHubName(place) || isServerAddress(place)) return true;
      const storage = homeOf().open(place);
      const bytes = await storage.read(runFiles.config, maxJsonBytes);
      return isModelFolder(bytes && parseJsonObject(bytes), (await storage.size(adapterConfigFile)) !== undefined);
    },

    async open(from: string | ModelFiles, options: OpenModelOptions = {}): Promise<PretrainedModel> {
      const place = typeof from === 'string' ? from : from.place;
      const known = models.get(place);
      if (known) return known;
      const found = typeof from === 'string' ? await find(from) : { files: from };
      const { openPretrained } = await loadOpening();
      const model = await openPretrained(place, found, { packages: await packagesOf(options, place), find });
      models.set(place, model);
      return model;
    },

    /** Opens the tokenizer of a model that is on a server; no weights are read. Known by its place from then on. */
    async openTokenizer(from: string | ModelFiles, options: OpenModelOptions = {}): Promise<void> {
      const place = typeof from === 'string' ? from : from.place;
      if (tokenizers.has(place)) return;
      const found = typeof from === 'string' ? await find(from, { withoutWeights: true }) : { files: from };
      const { openReader } = await loadOpening();
      tokenizers.set(place, await openReader(place, found, await packagesOf(options, place)));
    },
  };
}
