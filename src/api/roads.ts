/**
 * What takes a run of either road: it reads the folder to know which.
 */
import { isPolicyFolder } from '../policies/folder.ts';
import type { RoadName } from '../run/layout.ts';
import { readStoredConfig } from '../run/storedRun.ts';
import type { Cohort } from './cohort.ts';
import type { LibraryContext } from './context.ts';
import type { EnvironmentRoad } from './environments.ts';
import type { LanguageRoad } from './languageModels.ts';
import type { Policies } from './policies.ts';
import { readForResume } from './readForResume.ts';
import { createSeeds, type Seeds } from './seeds.ts';

/** The members of the library that take a run of either road. */
export type Roads = Pick<Cohort, 'resume' | 'evaluate' | 'load' | 'loadPlayer'>;

/** Both roads of one platform; `cohort.ts` says what the members do. */
export function createRoads(
  context: LibraryContext,
  policies: Policies,
  environments: EnvironmentRoad,
  languageModels: LanguageRoad,
): Roads {
  const { openToRead, modules } = context;
  /** The road of a folder. Throws where the run needs a module that was not loaded. */
  const roadOf = async (directory: string): Promise<RoadName> => {
    if (await languageModels.isModel(directory)) return 'language-models';
    const storage = openToRead(directory);
    if (await isPolicyFolder(storage)) return 'environments';
    const description = await readStoredConfig(storage);
    modules.check(description, directory);
    return description.road;
  };

  return {
    async resume(directory, { env, bins, openShards, task, estimator, iterations, stopAfter, threads, ...run } = {}) {
      const { description, changes, hasCheckpoint } = await readForResume(context, directory, { iterations, stopAfter, threads });
      const given = { ...(env && { env }), ...(bins && { bins }), ...(openShards && { openShards }) };
      return description.road === 'environments'
        ? environments.resume(directory, description, changes, given, { ...run, hasCheckpoint })
        : languageModels.resume(directory, description, changes, { task, estimator }, run);
    },

    async evaluate(
      directory,
      {
        task,
        estimator,
        threads,
        maxTokens,
        promptLength,
        baseWeights,
        server,
        model: name,
        tokenizer,
        numPrompts,
        numSamples,
        benchmark,
        onProgress,
        ...options
      } = {},
    ) {
      const road = await roadOf(directory);
      if (road === 'environments') return { road, ...(await environments.evaluate(directory, options)) };
      const room = { threads, benchmark, maxTokens, promptLength, baseWeights };
      const model = await languageModels.load(directory, { task, estimator, server, model: name, tokenizer, ...room });
      try {
        const evaluation = await model.evaluate({ numPrompts, numSamples, seed: options.seed, benchmark, onProgress });
        return { road, target: benchmark?.id ?? model.task.id, ...evaluation };
      } finally {
        model.close();
      }
    },

    async load(directory, given = {}) {
      return (await roadOf(directory)) === 'environments' ? policies.loadPolicy(directory) : languageModels.load(directory, given);
    },

    async loadPlayer(directory, given = {}) {
      await roadOf(directory);
      return environments.loadPlayer(directory, given);
    },
  };
}

/** Several seeds on either road. */
export function createSeedsOf(
  context: LibraryContext,
  environments: EnvironmentRoad,
  languageModels: LanguageRoad,
  { resume }: Pick<Roads, 'resume'>,
): Seeds {
  const useModule = (url: string): Promise<readonly string[]> => context.modules.use(url);
  const { train: trainLanguageModel, openModel, openTokenizer } = languageModels;
  return createSeeds(context, { train: environments.train, trainLanguageModel, openModel, openTokenizer, resume, useModule });
}
