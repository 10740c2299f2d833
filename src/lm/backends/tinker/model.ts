/**
 * A model in training on a server of the Tinker protocol: its session, its requests in order, and samplers of what it has become.
 */
import { failure, mistake, show } from '../../../core/errors.ts';
import type { WebPlatform } from '../../../run/web.ts';
import { encodeForwardBackward } from './protobuf.ts';
import type { TinkerServer } from './server.ts';
import {
  type AdamParameters,
  anyResult,
  capabilitiesAnswer,
  type Datum,
  gradientResult,
  modelResult,
  sampleResult,
  samplerResult,
  savedResult,
  sessionAnswer,
  stepResult,
} from './wire.ts';

/** Which model is trained. */
export interface ModelChoice {
  /** The server's name of it. */
  readonly baseModel: string;
  /** Of the adapters (LoRA); 0 trains all weights, where a server can. */
  readonly rank: number;
  /** Of the adapters' first weights. */
  readonly seed: number;
}

/** How `asample` draws. */
export interface SamplingParameters {
  readonly max_tokens: number;
  readonly seed: number;
  readonly stop: readonly number[];
  /** 0 takes the likeliest token. */
  readonly temperature: number;
  readonly top_k: number;
  readonly top_p: number;
}

/** Servers forget sessions that say nothing for minutes: the SDK says every ten seconds that it is there. */
const heartbeatMilliseconds = 10_000;
/** Sequences, and tokens, of one `forward_backward`: larger ones are sent in pieces, whose gradients the server adds up. */
const [mostSequences, mostTokens] = [256, 2 ** 18];

/** Throws `CohortError` where the server cannot be reached, is none of the protocol, or says that it does not have the model. */
export async function checkServer(server: TinkerServer, baseModel: string, signal?: AbortSignal): Promise<void> {
  const { supported_models } = await server.ask('get_server_capabilities', undefined, capabilitiesAnswer(), signal);
  const names = supported_models.flatMap(({ model_name }) => model_name ?? []);
  if (names.length === 0 || names.includes(baseModel)) return;
  const some = names.slice(0, 8).join(', ');
  const expected = `one of the ${names.length} models of ${server.url}`;
  throw mistake('model', expected, show(baseModel), `choose ${some}${names.length > 8 ? ', ...' : ''}`);
}

/** The loss of a policy gradient: it makes good that what samples is not quite what learns. */
const loss = 'importance_sampling';

/** A model in training. */
export class TinkerModel {
  readonly #server: TinkerServer;
  readonly #modelId: string;
  readonly #over: AbortController;
  /** Number of its next request: a server that gets one twice does it once. */
  #next = 1;
  #samplers = 0;

  private constructor(server: TinkerServer, modelId: string, over: AbortController) {
    this.#server = server;
    this.#modelId = modelId;
    this.#over = over;
  }

  /** Makes a model, with new adapters or as it was saved at a place. Throws `CohortError` as {@link TinkerServer.result} does. */
  static async open(
    server: TinkerServer,
    { baseModel, rank, seed }: ModelChoice,
    { platform, version, from }: { platform: Pick<WebPlatform, 'wait'>; version: string; from?: string | undefined },
  ): Promise<TinkerModel> {
    const about = { tags: ['cohort-rl'], user_metadata: null, sdk_version: version, type: 'create_session' };
    const { session_id, error_message } = await server.ask('create_session', about, sessionAnswer());
    if (error_message) throw failure(`server ${server.url}: create_session`, 'a session', error_message, 'do what it says');
    const over = new AbortController();
    void beat(server, session_id, platform, over.signal);
    try {
      const request = { session_id, model_seq_id: 0, base_model: baseModel, lora_config: { rank, seed }, type: 'create_model' };
      const { result, begun } = await server.result('create_model', request, modelResult());
      const modelId = result.model_id ?? begun.model_id;
      if (!modelId) throw failure(`server ${server.url}: create_model`, 'the id of a model', 'none', 'check its version');
      const model = new TinkerModel(server, modelId, over);
      // Servers take it only as the first request of a model.
      if (from !== undefined) await model.#result('load_weights', { path: from, optimizer: true }, anyResult());
      return model;
    } catch (error) {
      over.abort();
      throw error;
    }
  }

  /**
   * Adds the gradient of the importance-sampling loss, `-sum of exp(log p - logprobs) * advantages`, to what the server holds, and gives the log-probabilities of the
   * targets by sequence, where it says them.
   */
  async forwardBackward(data: readonly Datum[]): Promise<(readonly number[] | undefined)[]> {
    const said: (readonly number[] | undefined)[] = [];
    for (const part of inParts(data)) {
      const sequence = this.#next++;
      const input = { data: part, loss_fn: loss };
      const body = {
        message: encodeForwardBackward(this.#modelId, sequence, part, loss),
        otherwise: { model_id: this.#modelId, seq_id: sequence, forward_backward_input: input, type: 'forward_backward' },
      };
      const { loss_fn_outputs } = (await this.#server.result('forward_backward', body, gradientResult())).result;
      if (loss_fn_outputs.length !== part.length) {
        const subject = `server ${this.#server.url}: forward_backward`;
        throw failure(subject, `${part.length} losses`, `${loss_fn_outputs.length}`, 'check its version');
      }
      said.push(...loss_fn_outputs.map(({ logprobs }) => logprobs?.data));
    }
    return said;
  }

  /** One step of Adam by the gradients so far; the gradient's norm, where the server says it. */
  async optimStep(adam: AdamParameters): Promise<number | undefined> {
    const { metrics } = await this.#result('optim_step', { adam_params: adam }, stepResult());
    const found = Object.entries(metrics ?? {}).find(([key]) => /(^|[/.])grad(ient)?_norm$/.test(key));
    return found?.[1] ?? undefined;
  }

  /** Keeps weights and moments on the server; the place to load them from. */
  async save(name: string): Promise<string> {
    return (await this.#result('save_weights', { path: name }, savedResult())).path;
  }

  /** Asks the server to delete what was saved at a place. */
  async discard(place: string): Promise<void> {
    const [, id, rest] = /^tinker:\/\/([\w:.-]+)\/(weights\/[\w.-]+)$/.exec(place) ?? [];
    if (id && rest) await this.#server.discard(`training_runs/${encodeURIComponent(id)}/checkpoints/${rest}`);
  }

  /** What samples from the model as it is now. */
  async sampler(): Promise<TinkerSampler> {
    const number = this.#samplers++;
    const { sampling_session_id, path } = await this.#result(
      'save_weights_for_sampler',
      { sampling_session_seq_id: number },
      samplerResult(),
    );
    if (sampling_session_id) return new TinkerSampler(this.#server, { sampling_session_id });
    if (path) return new TinkerSampler(this.#server, { model_path: path });
    throw failure(`server ${this.#server.url}: save_weights_for_sampler`, 'a sampling session or a path', 'neither', 'check its version');
  }

  /** Says nothing more to the server, which then forgets the session by itself; with `unload` the model goes at once. Whether it does is no matter of the run. */
  close(unload: boolean): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    const request = { model_id: this.#modelId, type: 'unload_model' };
    if (unload) void this.#server.ask('unload_model', request, anyResult()).catch(() => {});
  }

  async #result<Schema extends Parameters<TinkerServer['result']>[2]>(endpoint: string, body: object, schema: Schema) {
    const request = { model_id: this.#modelId, seq_id: this.#next++, ...body, type: endpoint };
    return (await this.#server.result(endpoint, request, schema)).result;
  }
}

/** Samples from a model as it was at one moment. */
export class TinkerSampler {
  readonly #server: TinkerServer;
  readonly #source: Readonly<Record<string, string>>;
  #next = 0;

  constructor(server: TinkerServer, source: Readonly<Record<string, string>>) {
    this.#server = server;
    this.#source = source;
  }

  /** `count` completions of a prompt, ids with log-probabilities. Throws `CohortError` for an answer of another number, or without log-probabilities. */
  async sample(prompt: readonly number[], count: number, sampling: SamplingParameters, signal?: AbortSignal) {
    const request = {
      ...this.#source,
      seq_id: this.#next++,
      num_samples: count,
      prompt: { chunks: [{ type: 'encoded_text', tokens: prompt }] },
      sampling_params: sampling,
      type: 'sample',
    };
    const { result } = await this.#server.result('asample', request, sampleResult(), signal);
    const { sequences } = result;
    const subject = `server ${this.#server.url}: asample`;
    if (sequences.length !== count) throw failure(subject, `${count} completions`, `${sequences.length}`, 'check its version');
    for (const { tokens, logprobs, stop_reason } of sequences) {
      const end = tokens.at(-1)!;
      if (tokens.length !== logprobs.length)
        throw failure(subject, 'a log-probability for every token', 'another number', 'check its version');
      if (tokens.length > sampling.max_tokens)
        throw failure(subject, `at most ${sampling.max_tokens} tokens`, `${tokens.length}`, 'check its version');
      if (stop_reason === 'stop' && !sampling.stop.includes(end)) {
        const advice = 'the tokens that end a completion may be others there: check --tokenizer';
        throw failure(subject, `a completion that ends with ${sampling.stop.join(' or ')}`, `one that ends with ${end}`, advice);
      }
    }
    return sequences;
  }
}

/** Says that the client is there until it is not. What fails is told by the next request that matters. */
async function beat(server: TinkerServer, session_id: string, platform: Pick<WebPlatform, 'wait'>, signal: AbortSignal): Promise<void> {
  for (;;) {
    await platform.wait(heartbeatMilliseconds, signal);
    if (signal.aborted) return;
    await server.ask('session_heartbeat', { session_id, type: 'session_heartbeat' }, anyResult(), signal).catch(() => {});
  }
}

/** Pieces of at most {@link mostSequences} and, beyond one sequence, {@link mostTokens}. */
function* inParts(data: readonly Datum[]): Generator<Datum[]> {
  let [part, tokens]: [Datum[], number] = [[], 0];
  for (const datum of data) {
    const more = datum.model_input.chunks[0].tokens.length;
    if (part.length === mostSequences || (part.length > 0 && tokens + more > mostTokens)) {
      yield part;
      [part, tokens] = [[], 0];
    }
    part.push(datum);
    tokens += more;
  }
  if (part.length > 0) yield part;
}
