/**
 * A model that a server serves and nobody here trains: what of a run is needed to sample from it, and to measure it.
 */
import { failure } from '../../core/errors.ts';
import type { Platform } from '../../core/platform.ts';
import { learnerKey } from '../../random/index.ts';
import { webPlatform } from '../../run/web.ts';
import { createServedState } from '../algorithm/state.ts';
import { openAiSampling } from '../backends/openai/backend.ts';
import { chooseModel, findDialect, type ListedModel } from '../backends/openai/open.ts';
import { openAiKeyVariable, SamplingServer } from '../backends/openai/server.ts';
import { resolveLanguageConfig } from '../config/config.ts';
import { endTokensOf } from '../model/rollouts.ts';
import { tokenizerOf } from '../model/tokenizer.ts';
import type { LanguageTask } from '../tasks/task.ts';
import { LanguageModel } from './languageModel.ts';
import type { ServerAccess } from './serverAccess.ts';

/** A server that was found, and its model. */
export interface FoundServer {
  readonly server: SamplingServer;
  readonly model: ListedModel;
}

/** Looks which model of a server is meant. Throws `CohortError` for an address that cannot be used, a server that cannot be reached, and a model that it does not have. */
export async function findServedModel(
  url: unknown,
  name: string | undefined,
  { web = webPlatform, resultMilliseconds: _, ...access }: ServerAccess,
  platform: Pick<Platform, 'secret'>,
): Promise<FoundServer> {
  const apiKey = access.apiKey ?? platform.secret?.(openAiKeyVariable);
  const server = new SamplingServer({ ...access, url, apiKey, platform: web });
  return { server, model: await chooseModel(server, name) };
}

/** The model, to be asked the task. Throws `CohortError` where its server gives no token ids. */
export async function openFoundModel({ server, model }: FoundServer, task: LanguageTask, platform: Platform): Promise<LanguageModel> {
  const tokenizer = tokenizerOf(task);
  const dialect = await findDialect(server, model, endTokensOf(tokenizer));
  const config = resolveLanguageConfig({ task, numGroups: 1, groupSize: 2, minValidFraction: 0 }, 'openServedModel');
  const sampling = openAiSampling({ server, dialect, model: model.id, vocabulary: tokenizer.size });
  const training = {
    async update(): Promise<never> {
      const advice = 'train it on a server that speaks the Tinker protocol: backend tinker';
      throw failure(`server ${server.url}`, 'a server that learns', 'one that samples alone', advice);
    },
  };
  const named = { ...config, url: server.url, model: model.id };
  const state = await createServedState(named, { task, platform, key: learnerKey(config.seed) }, { sampling, training });
  return new LanguageModel(state);
}
