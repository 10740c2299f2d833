/**
 * A run whose model is on a server: what its checkpoints name, and how it is taken up again.
 */
import { failure, show } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { version } from '../../core/version.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import { webPlatform } from '../../run/web.ts';
import { closeState, createServedState, type LearningState } from '../algorithm/state.ts';
import { readServerUrl } from '../backends/requests.ts';
import { apiKeyVariable, tinkerKind } from '../backends/tinker/answers.ts';
import { tinkerBackends } from '../backends/tinker/backends.ts';
import { checkServer, TinkerModel } from '../backends/tinker/model.ts';
import { TinkerServer } from '../backends/tinker/server.ts';
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

/** A state and its weights; `open` begins from what was saved at a place. Throws `CohortError` where the server cannot be reached, or does not have the model. */
export async function createServed(
  config: LanguageConfig,
  context: ServedContext,
): Promise<{ readonly state: LearningState; readonly weights: Weights; open(place: string): Promise<void> }> {
  const { platform, server: access = {} } = context;
  const { web = webPlatform, apiKey = platform.secret?.(apiKeyVariable), signal: _, ...limits } = access;
  const server = new TinkerServer({ ...limits, url: readServerUrl(config.url, 'url', tinkerKind), apiKey, platform: web });
  const baseModel = config.model!;
  await checkServer(server, baseModel, context.signal);
  let model: TinkerModel | undefined;
  /** The place of the state that was saved last, and the iteration that it is of. */
  let saved: { readonly place: string; readonly iteration: number } | undefined;
  /** Places of this model whose states are still there. */
  const own: string[] = [];
  const choice = { baseModel, rank: config.loraRank, seed: config.warmStartSeed % 2 ** 31 };
  const open = async (): Promise<TinkerModel> => {
    model = await TinkerModel.open(server, choice, { platform: web, version, from: saved?.place });
    return model;
  };
  // After the end the model is opened again where somebody asks it something.
  const current = async (): Promise<TinkerModel> => model ?? open();
  const restore = async (place: string): Promise<void> => {
    saved = { place, iteration: state.iteration };
    await open();
  };
  const backends = tinkerBackends({ current, open: restore }, config);
  const state: LearningState = await createServedState(config, context, backends);
  const keep = async (): Promise<string> => {
    const { iteration } = state;
    if (saved?.iteration === iteration) return saved.place;
    const place = await backends.training.save(`iteration-${iteration}`);
    saved = { place, iteration };
    // The last checkpoint that is written names the one before.
    own.push(place);
    if (own.length > 2) void model?.discard(own.shift()!);
    return place;
  };
  const weights: Weights = {
    memoryBytes: Object.values(state.batch).reduce((sum, array) => sum + (ArrayBuffer.isView(array) ? array.byteLength : 0), 0),
    learned: [],
    async prepare() {
      await open();
      return true;
    },
    async keep() {
      await keep();
    },
    // A checkpoint holds at least one.
    tensors: () => [...state.curriculum.tensors(), { name: 'iteration', shape: [1], data: Float64Array.of(state.iteration) }],
    metadata: () => ({ [placeKey]: JSON.stringify(saved) }),
    async restore(checkpoint) {
      const place = placeOf(checkpoint);
      restoreCounters(state, checkpoint);
      await backends.training.load(place);
    },
    // The weights are elsewhere: the name of their place stands for them.
    hashed: () => [{ data: new TextEncoder().encode(saved?.place ?? '') }],
    async copy() {
      const place = await keep();
      const copied = await createServed(config, context);
      Object.assign(copied.state, { iteration: state.iteration });
      await copied.open(place);
      return { state: copied.state, release: () => copied.weights.close() };
    },
    close() {
      closeState(state);
      model?.close(saved?.iteration === state.iteration);
      model = undefined;
    },
  };
  return { state, weights, open: restore };
}

/** The place that a checkpoint names. Throws `CohortError` where it names none. */
function placeOf({ metadata }: Pick<Checkpoint, 'metadata'>): string {
  const value = parseJson(metadata[placeKey] ?? '') as { readonly place?: unknown } | undefined;
  if (typeof value?.place === 'string' && value.place !== '') return value.place;
  const advice = 'the checkpoint is not of a run on a server; restore the folder from a copy';
  throw failure(`checkpoint: ${placeKey}`, 'where the server keeps the weights', show(metadata[placeKey]), advice);
}
