/**
 * An OpenAI-compatible server over a model of ours, for tests: vLLM's completions with ids, those of older ones whose tokens are written as ids, SGLang's `/generate`,
 * and a server of texts alone. Completion k of a request is drawn with its seed + k.
 */
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { completionsInPieces, type SampledTokens, type Sampling } from '../../../src/lm/model/rollouts.ts';
import { learnerKey } from '../../../src/random/index.ts';
import { atOnce } from '../../../src/run/breathe.ts';
import type { Reply } from './referenceServer.ts';

/** What a server speaks. */
export type Speech = 'vllm' | 'older vllm' | 'sglang' | 'texts';

/** How to make one. */
export interface SamplingReferenceOptions {
  readonly state: LanguageState;
  readonly speech?: Speech;
  /** The names of its models. */
  readonly models?: readonly string[];
  /** The key that requests must bring. */
  readonly apiKey?: string;
  /** Whose server it says to be; default: that of its speech. */
  readonly owner?: string | null;
  /** What is answered in place of its own. */
  readonly fault?: (endpoint: string, body: Body) => Reply | undefined;
}

type Body = Readonly<Record<string, unknown>>;

/** How a completion is drawn. */
type Draw = Pick<Sampling, 'maxTokens' | 'temperature' | 'topK' | 'topP' | 'greedy' | 'endToken'>;

/** One completion of a prompt, drawn with a seed of its own. */
export function drawSeeded({ policy, singles }: LanguageState, prompt: readonly number[], draw: Draw, seed: number): SampledTokens {
  const drawn = { ...draw, key: learnerKey(seed), iteration: 0, stream: 4, firstRollout: 0 };
  return atOnce(completionsInPieces(policy, singles, [{ tokens: prompt }], 1, drawn))[0]![0]!;
}

const reply = (body: unknown, status = 200): Reply => ({ status, body });

/** A server. */
export class SamplingReference {
  /** The endpoints that were asked, in order. */
  readonly asked: string[] = [];
  /** What was sent to them. */
  readonly bodies: Body[] = [];
  readonly #options: SamplingReferenceOptions;

  constructor(options: SamplingReferenceOptions) {
    this.#options = options;
  }

  /** Answers a request. */
  handle(endpoint: string, text: string | undefined, key: string | undefined): Reply {
    const { apiKey, fault, speech = 'vllm', models = ['tiny'] } = this.#options;
    const body = (text === undefined ? {} : JSON.parse(text)) as Body;
    this.asked.push(endpoint);
    this.bodies.push(body);
    const wrong = fault?.(endpoint, body);
    if (wrong) return wrong;
    if (apiKey !== undefined && key !== `Bearer ${apiKey}`) return reply({ error: 'Unauthorized' }, 401);
    const { owner = speech === 'texts' ? 'system' : speech.replace('older ', '') } = this.#options;
    if (endpoint === 'v1/models') {
      return reply({ object: 'list', data: models.map((id) => ({ id, object: 'model', owned_by: owner, max_model_len: 64 })) });
    }
    try {
      if (endpoint === 'v1/completions') return this.#completions(body, speech, models);
      return endpoint === 'generate' && speech === 'sglang' ? this.#generate(body) : reply({ detail: 'Not Found' }, 404);
    } catch (error) {
      // A prompt that its model has no room for.
      return reply({ error: { message: (error as Error).message } }, 400);
    }
  }

  #completions(body: Body, speech: Speech, models: readonly string[]): Reply {
    const { model, prompt, n, max_tokens, seed, stop_token_ids } = body as Record<string, number> & Record<string, readonly number[]>;
    if (!models.includes(String(model))) return reply({ error: { message: `The model ${String(model)} does not exist.` } }, 404);
    const draw = { ...readDraw(body), maxTokens: max_tokens!, endToken: stop_token_ids! };
    if (draw.greedy && n! > 1) return reply({ error: { message: 'n must be 1 when using greedy sampling' } }, 400);
    const choices = Array.from({ length: n! }, (_, index) => {
      const { tokens, logProbs } = drawSeeded(this.#options.state, prompt!, draw, seed! + index);
      const written = Array.from(tokens, (id) => (speech === 'older vllm' ? `token_id:${id}` : 'x'));
      const ids = speech === 'vllm' ? { token_ids: Array.from(tokens) } : {};
      const finish_reason = stop_token_ids!.includes(tokens.at(-1)!) ? 'stop' : 'length';
      return { index, text: 'x', finish_reason, logprobs: { tokens: written, token_logprobs: Array.from(logProbs) }, ...ids };
    });
    // The order of the list is no promise.
    return reply({ object: 'text_completion', choices: choices.reverse() });
  }

  #generate(body: Body): Reply {
    const prompts = body.input_ids as readonly (readonly number[])[];
    const parameters = body.sampling_params as readonly Body[];
    return reply(
      prompts.map((prompt, i) => {
        const { max_new_tokens, sampling_seed, stop_token_ids } = parameters[i] as Record<string, number> & Record<string, number[]>;
        const draw = { ...readDraw(parameters[i]!), maxTokens: max_new_tokens!, endToken: stop_token_ids! };
        const { tokens, logProbs } = drawSeeded(this.#options.state, prompt, draw, sampling_seed!);
        const type = stop_token_ids!.includes(tokens.at(-1)!) ? 'stop' : 'length';
        const output_token_logprobs = Array.from(tokens, (id, t) => [logProbs[t]!, id, null]);
        return { text: 'x', output_ids: Array.from(tokens), meta_info: { finish_reason: { type }, output_token_logprobs } };
      }),
    );
  }
}

function readDraw(body: Body): Omit<Draw, 'maxTokens' | 'endToken'> {
  const { temperature, top_k, top_p } = body as Record<string, number>;
  const greedy = temperature === 0;
  return { greedy, temperature: greedy ? 1 : temperature!, topK: top_k === -1 ? 0 : top_k!, topP: top_p! };
}
