/**
 * A server of the Tinker protocol over a model of ours, for tests: the endpoints that the client uses, as JSON. All weights are trained, whatever the rank. It is a
 * function from requests to answers; `httpServer.ts` puts it on a port.
 */
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { learnerKey } from '../../../src/random/index.ts';

/** What an answer is made of. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** What a server keeps when it is stopped. */
export type Kept = Map<
  string,
  { readonly values: Float32Array; readonly first: Float32Array; readonly second: Float32Array; readonly steps: number }
>;

/** How to make one. */
export interface ReferenceOptions {
  /** A state of its own, with the weights that models begin with; its batch and its policy are the server's. */
  readonly state: LanguageState;
  /** The server's name of the model. */
  readonly model?: string;
  /** The key that requests must bring. */
  readonly apiKey?: string;
  /** How the loss is added up; default `sum`. */
  readonly normalization?: 'sum' | 'mean-per-sequence';
  /** Saved states of a server that was stopped before. */
  readonly kept?: Kept;
  /** How often a result is not there yet; default 0. */
  readonly pending?: number;
  /** What goes wrong before a request is answered: a status, or an answer in place of its own. */
  readonly fault?: (endpoint: string, body: Readonly<Record<string, unknown>>) => Reply | undefined;
}

interface Model {
  values: Float32Array;
  first: Float32Array;
  second: Float32Array;
  steps: number;
  gradients: Float32Array | undefined;
  requests: number;
  sequences: number;
}

type Body = Readonly<Record<string, unknown>>;
type Datum = { model_input: { chunks: { tokens: number[] }[] }; loss_fn_inputs: Record<string, { data: number[] }> };

const reply = (body: unknown, status = 200): Reply => ({ status, body });
const refuse = (status: number, detail: string): Reply => reply({ detail }, status);

/** A server. */
export class ReferenceServer {
  /** The endpoints that were asked, in order. */
  readonly asked: string[] = [];
  /** Rows of the gradients so far, by request. */
  readonly gradients: Float32Array[] = [];
  readonly kept: Kept;
  readonly #options: ReferenceOptions;
  readonly #base: Float32Array;
  readonly #models = new Map<string, Model>();
  readonly #samplers = new Map<string, Float32Array>();
  readonly #results = new Map<string, { readonly reply: Reply; pending: number }>();
  readonly #done = new Map<string, string>();
  #counter = 0;

  constructor(options: ReferenceOptions) {
    this.#options = options;
    this.kept = options.kept ?? new Map();
    this.#base = options.state.policy.parameters.values.slice();
  }

  /** Answers a request. */
  handle(endpoint: string, text: string | undefined, key: string | undefined): Reply {
    this.asked.push(endpoint);
    const { apiKey, fault } = this.#options;
    let body: Body;
    try {
      body = (text === undefined ? {} : JSON.parse(text)) as Body;
    } catch {
      return refuse(422, 'the body is no JSON');
    }
    const wrong = fault?.(endpoint, body);
    if (wrong) return wrong;
    if (apiKey !== undefined && key !== apiKey) return refuse(401, 'invalid API key');
    return this.#answer(endpoint, body);
  }

  #answer(endpoint: string, body: Body): Reply {
    const { model = 'tiny' } = this.#options;
    const [, id, rest] = /^training_runs\/([^/]+)\/checkpoints\/(.+)$/.exec(endpoint) ?? [];
    if (id) return this.kept.delete(`tinker://${id}/${rest}`) ? reply(null, 200) : refuse(404, 'Checkpoint not found');
    switch (endpoint) {
      case 'get_server_capabilities':
        return reply({ supported_models: [{ model_name: model, max_context_length: 64 }] });
      case 'create_session':
        return reply({ session_id: this.#name('session'), type: 'create_session' });
      case 'session_heartbeat':
        return reply({ type: 'session_heartbeat' });
      case 'retrieve_future':
        return this.#retrieve(String(body.request_id));
      case 'create_model': {
        const id = this.#name('model');
        const { length } = this.#base;
        const empty = (): Float32Array => new Float32Array(length);
        this.#models.set(id, {
          values: this.#base.slice(),
          first: empty(),
          second: empty(),
          steps: 0,
          gradients: undefined,
          requests: 0,
          sequences: 0,
        });
        return this.#begin(() => reply({ model_id: id, type: 'create_model' }));
      }
      case 'asample':
        return this.#begin(() => this.#sample(body));
      default:
        return this.#ofModel(endpoint, body);
    }
  }

  /** Requests of a model: one with the number of another is that other. */
  #ofModel(endpoint: string, body: Body): Reply {
    const model = this.#models.get(String(body.model_id));
    if (!model) return refuse(404, `Model '${String(body.model_id)}' not found`);
    const place = `${String(body.model_id)}:${String(body.seq_id)}`;
    const before = body.seq_id === undefined ? undefined : this.#done.get(place);
    if (before !== undefined) return reply({ request_id: before });
    const work: Readonly<Record<string, () => Reply>> = {
      forward_backward: () => this.#forwardBackward(model, body),
      optim_step: () => this.#step(model, body),
      save_weights: () => this.#save(model, body),
      load_weights: () => this.#load(model, body),
      save_weights_for_sampler: () => {
        const session = this.#name('sampling');
        this.#samplers.set(session, model.values.slice());
        return reply({ sampling_session_id: session, path: null, type: endpoint });
      },
      unload_model: () => {
        this.#models.delete(String(body.model_id));
        return reply({ type: endpoint });
      },
    };
    if (!work[endpoint]) return refuse(404, 'Not Found');
    const begun = this.#begin(work[endpoint]);
    model.requests++;
    this.#done.set(place, (begun.body as { request_id: string }).request_id);
    return begun;
  }

  #name(kind: string): string {
    return `${kind}_${++this.#counter}`;
  }

  #begin(work: () => Reply): Reply {
    const request_id = String(++this.#counter);
    this.#results.set(request_id, { reply: work(), pending: this.#options.pending ?? 0 });
    return reply({ future_id: request_id, request_id, status: 'pending' });
  }

  #retrieve(request: string): Reply {
    const result = this.#results.get(request);
    if (!result) return refuse(404, 'Future not found');
    if (result.pending-- > 0) return reply({ type: 'try_again', request_id: request, queue_state: 'active' });
    return result.reply;
  }

  #sample(body: Body): Reply {
    const { policy, batch: groups, singles, branches = singles } = this.#options.state;
    const values = this.#samplers.get(String(body.sampling_session_id));
    if (!values) return refuse(404, 'Sampling session not found');
    const { tokens } = (body.prompt as { chunks: { tokens: number[] }[] }).chunks[0]!;
    const { seed, max_tokens, temperature, stop } = body.sampling_params as Record<string, number> & { stop: number[] };
    policy.parameters.values.set(values);
    // A later turn of an episode.
    const batch = tokens.length > groups.spec.promptLength ? branches : groups;
    batch.prompts.set(tokens);
    batch.promptLengths[0] = tokens.length;
    const count = Number(body.num_samples);
    const sequences = [];
    for (let done = 0; done < count; done += batch.spec.groupSize) {
      const groupSize = Math.min(batch.spec.groupSize, count - done);
      const greedy = temperature === 0;
      const draw = { key: learnerKey(seed!), iteration: 0, stream: 4, firstRollout: done };
      policy.sample(batch, {
        ...draw,
        numGroups: 1,
        groupSize,
        maxTokens: max_tokens!,
        endToken: stop,
        greedy,
        ...(!greedy && { temperature }),
      });
      for (let j = 0; j < groupSize; j++) {
        const start = j * batch.spec.completionLength;
        const end = start + batch.completionLengths[j]!;
        const ids = Array.from(batch.completions.subarray(start, end));
        const stop_reason = stop.includes(ids.at(-1)!) ? 'stop' : 'length';
        sequences.push({ stop_reason, tokens: ids, logprobs: Array.from(batch.logProbs.subarray(start, end)) });
      }
    }
    return reply({ sequences, type: 'sample' });
  }

  /** Sequences with the same prompt, one after the other, are one group, as in this process. The prompt is what has log-probability 0. */
  #forwardBackward(model: Model, body: Body): Reply {
    const { policy, batch } = this.#options.state;
    const { promptLength, completionLength, numGroups, groupSize } = batch.spec;
    const { data, loss_fn } = body.forward_backward_input as unknown as { data: Datum[]; loss_fn: string };
    if (loss_fn !== 'importance_sampling') return refuse(400, `loss ${loss_fn}`);
    policy.parameters.values.set(model.values);
    batch.advantageWeights.fill(0);
    const places: { readonly row: number; readonly length: number; readonly before: number }[] = [];
    let [group, inGroup, last] = [-1, 0, ''];
    for (const { model_input, loss_fn_inputs } of data) {
      const inputs = loss_fn_inputs as Record<'target_tokens' | 'advantages' | 'logprobs', { data: number[] }>;
      const all = [model_input.chunks[0]!.tokens[0]!, ...inputs.target_tokens.data];
      const before = inputs.logprobs.data.findIndex((value) => value !== 0);
      const prompt = all.slice(0, before + 1);
      if (prompt.join() !== last || inGroup === groupSize) [group, inGroup, last] = [group + 1, 0, prompt.join()];
      if (group === numGroups) return refuse(400, 'too many groups');
      const row = group * groupSize + inGroup++;
      const completion = all.slice(before + 1);
      batch.prompts.set(prompt, group * promptLength);
      batch.promptLengths[group] = prompt.length;
      const start = row * completionLength;
      batch.completions.set(completion, start);
      batch.completionLengths[row] = completion.length;
      const share = this.#options.normalization === 'mean-per-sequence' ? 1 / (inputs.target_tokens.data.length * data.length) : 1;
      batch.advantageWeights.set(
        inputs.advantages.data.slice(before).map((advantage) => advantage * share),
        start,
      );
      batch.oldLogProbs.set(inputs.logprobs.data.slice(before), start);
      places.push({ row, length: completion.length, before });
    }
    // What has no row is a completion of one token without a weight.
    for (let row = 0; row < (group + 1) * groupSize; row++) {
      if (places.some((place) => place.row === row)) continue;
      batch.completionLengths[row] = 1;
      batch.completions[row * completionLength] = 0;
      batch.oldLogProbs[row * completionLength] = 0;
    }
    // Not clipped between 0 and more than any ratio.
    policy.gradient(batch, { numGroups: group + 1, groupSize, loss: 'clipped', clipLow: 1, clipHigh: 1e30 });
    const gradients = policy.parameters.gradients.slice();
    if (model.gradients) for (let i = 0; i < gradients.length; i++) gradients[i]! += model.gradients[i]!;
    model.gradients = gradients;
    this.gradients.push(gradients);
    const loss_fn_outputs = places.map(({ row, length, before }) => {
      const start = row * completionLength;
      const own = Array.from(batch.logProbs.subarray(start, start + length));
      return { logprobs: { data: [...new Array<number>(before).fill(0), ...own], dtype: 'float32', shape: [before + length] } };
    });
    return reply({ loss_fn_output_type: 'scalar', loss_fn_outputs, metrics: {} });
  }

  #step(model: Model, body: Body): Reply {
    const { policy, kernels } = this.#options.state;
    const { learning_rate, beta1, beta2, eps, weight_decay } = body.adam_params as Record<string, number>;
    const { parameters } = policy;
    parameters.values.set(model.values);
    parameters.firstMoments.set(model.first);
    parameters.secondMoments.set(model.second);
    parameters.gradients.set(model.gradients ?? new Float32Array(model.values.length));
    const adam = { learningRate: learning_rate!, beta1: beta1!, beta2: beta2!, epsilon: eps!, weightDecay: weight_decay!, maxGradNorm: 0 };
    const norm = kernels.adamStep({ ...adam, parameters, step: ++model.steps });
    Object.assign(model, {
      values: parameters.values.slice(),
      first: parameters.firstMoments.slice(),
      second: parameters.secondMoments.slice(),
    });
    model.gradients = undefined;
    return reply({ metrics: { 'reference/grad_norm': norm }, type: 'optim_step' });
  }

  #save({ values, first, second, steps }: Model, body: Body): Reply {
    const path = `tinker://${String(body.model_id)}/weights/${String(body.path)}`;
    if (this.kept.has(path)) return refuse(409, `Checkpoint '${String(body.path)}' already exists`);
    this.kept.set(path, { values, first, second, steps });
    return reply({ path, type: 'save_weights' });
  }

  #load(model: Model, body: Body): Reply {
    if (model.requests > 0) return refuse(400, 'LoadWeights is only permitted as the first request');
    const saved = this.kept.get(String(body.path));
    if (!saved) return refuse(404, `Checkpoint '${String(body.path)}' not found`);
    Object.assign(model, saved);
    return reply({ type: 'load_weights' });
  }
}

/** A server without a network: `fetch` for a client of it. `before` stands before its endpoints, and the key in that header. */
export function fetchOf(
  server: Pick<ReferenceServer, 'handle'>,
  { before = '/api/v1/', keyHeader = 'X-API-Key' } = {},
): (address: string, request: RequestInit) => Promise<Response> {
  return async (address, { body, headers, signal }) => {
    signal?.throwIfAborted();
    const endpoint = new URL(address).pathname.replace(before, '');
    const text =
      body === undefined || body === null ? undefined : typeof body === 'string' ? body : new TextDecoder().decode(body as Uint8Array);
    const { status, body: answer } = server.handle(endpoint, text, new Headers(headers).get(keyHeader) ?? undefined);
    return new Response(JSON.stringify(answer), { status, headers: { 'content-type': 'application/json' } });
  };
}
