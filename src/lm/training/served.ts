/**
 * A run whose model is on a server: what its checkpoints name, and how it is taken up again.
 */
import { failure, show } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { version } from '../../core/version.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import { webPlatform } from '../../run/web.ts';
import { createServedState, type LearningState } from '../algorithm/state.ts';
import { apiKeyVariable } from '../backends/tinker/answers.ts';
import { tinkerBackends } from '../backends/tinker/backends.ts';
import { checkServer, TinkerModel } from '../backends/tinker/model.ts';
import { checkServerUrl, TinkerServer } from '../backends/tinker/server.ts';
import type { LanguageConfig } from '../config/config.ts';
import { restoreCounters } from './checkpoint.ts';
import type { ServerAccess } from './serverAccess.ts';
import type { Weights } from './weights.ts';

/** Where the metadata of a checkpoint names the saved state. */
const placeKey = 'server';

/** What a run on a server is given from outside. */
type ServedContext = Parameters<typeof createServedState>[1] & {
  readonly server?: ServerAccess | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A state and its weights. Throws `CohortError` where the server cannot be reached, or does not have the model. */
export async function createServed(
  config: LanguageConfig,
  context: ServedContext,
): Promise<{ readonly state: LearningState; readonly weights: Weights }> {
  const { platform, server: access = {} } = context;
  const { web = webPlatform, apiKey = platform.secret?.(apiKeyVariable), ...limits } = access;
  const server = new TinkerServer({ ...limits, url: checkServerUrl(config.url, 'url'), apiKey, platform: web });
  const baseModel = config.model!;
  await checkServer(server, baseModel, context.signal);
  let model: TinkerModel | undefined;
  /** The place of the state that was saved last, and the iteration that it is of. */
  let saved: { readonly place: string; readonly iteration: number } | undefined;
  const choice = { baseModel, rank: config.loraRank, seed: config.warmStartSeed % 2 ** 31 };
  const open = async (from?: string): Promise<void> => {
    model = await TinkerModel.open(server, choice, { platform: web, version, from });
  };
  const current = (): TinkerModel => {
    if (model) return model;
    throw failure('server', 'a model that was made there', 'none yet', 'let the run begin');
  };
  const backends = tinkerBackends(current, config);
  const state = await createServedState(config, context, backends);
  const weights: Weights = {
    memoryBytes: Object.values(state.batch).reduce((sum, array) => sum + (ArrayBuffer.isView(array) ? array.byteLength : 0), 0),
    learned: [],
    async prepare() {
      await open();
      return true;
    },
    async keep() {
      const { iteration } = state;
      if (saved?.iteration === iteration) return;
      saved = { place: await backends.training.save!(`iteration-${iteration}`), iteration };
    },
    tensors: () => [...state.curriculum.tensors(), { name: 'iteration', shape: [1], data: Float64Array.of(state.iteration) }],
    metadata: () => ({ [placeKey]: JSON.stringify(saved) }),
    async restore(checkpoint) {
      const { place } = savedOf(checkpoint);
      restoreCounters(state, checkpoint);
      await open(place);
      saved = { place, iteration: state.iteration };
    },
    hashed: () => [{ data: new TextEncoder().encode(saved?.place ?? '') }],
    async copy() {
      return state;
    },
    close: () => model?.close(),
  };
  return { state, weights };
}

/** The place that a checkpoint names. Throws `CohortError` where it names none. */
function savedOf({ metadata }: Pick<Checkpoint, 'metadata'>): { readonly place: string } {
  const value = parseJson(metadata[placeKey] ?? '') as { readonly place?: unknown } | undefined;
  if (typeof value?.place === 'string' && value.place !== '') return { place: value.place };
  const advice = 'the checkpoint is not of a run on a server; restore the folder from a copy';
  throw failure(`checkpoint: ${placeKey}`, 'where the server keeps the weights', show(metadata[placeKey]), advice);
}
