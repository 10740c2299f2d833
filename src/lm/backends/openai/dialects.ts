/**
 * How the servers that are OpenAI-compatible are asked for completions as token ids. OpenAI's own interface gives texts alone; each of these has its way to ids.
 *
 * Sources: vLLM 0.33, vllm/entrypoints/openai/completion/protocol.py and serving.py (`return_token_ids` since its pull request 22587, before it
 * `return_tokens_as_token_ids`, whose tokens read `token_id:<id>`); SGLang 0.5, docs/basic_usage/sampling_params and native_api, and its
 * python/sglang/srt/sampling/sampling_params.py.
 */
import * as z from 'zod/mini';
import type { Sampling } from '../../model/rollouts.ts';

/** Which completions of a prompt are asked for. */
export interface CompletionsRequest extends Pick<Sampling, 'maxTokens' | 'temperature' | 'topK' | 'topP' | 'greedy' | 'endToken'> {
  /** The server's name of the model. */
  readonly model: string;
  readonly prompt: readonly number[];
  readonly count: number;
  /** Completion k is drawn with seed + k. */
  readonly seed: number;
}

/** A completion as a server gives it: nothing of it was checked but its types. */
export interface GivenCompletion {
  /** Missing where the server says no ids. */
  readonly tokens: readonly number[] | undefined;
  /** Missing where it says none. */
  readonly logProbs: readonly number[] | undefined;
  /** Why it ended: `stop` and `length` are usual. */
  readonly reason: string;
}

/** A way to ask. */
export interface Dialect {
  /** What messages call its servers. */
  readonly name: string;
  /** Behind the address of the server. */
  readonly endpoint: string;
  /** What is sent. */
  body(request: CompletionsRequest): object;
  /** Reads the answer, completions in the order of their seeds; `undefined` where it is of another kind. */
  read(answer: unknown): readonly GivenCompletion[] | undefined;
}

// Servers would take them from generation_config.json of the model otherwise.
const neutral = { min_p: 0, presence_penalty: 0, frequency_penalty: 0, repetition_penalty: 1 };

/** What both call the same; 0 is the likeliest token, and -1 all of them. */
function drawOf({ temperature, topK, topP, greedy }: CompletionsRequest) {
  return greedy ? { temperature: 0, top_k: -1, top_p: 1 } : { temperature, top_k: topK === 0 ? -1 : topK, top_p: topP };
}

const ids = () => z.array(z.int());

// Schemas are made when they are needed: a module that makes one when it is loaded cannot be left out by a bundler.
const completionsAnswer = () =>
  z.object({
    choices: z.array(
      z.object({
        index: z.int(),
        finish_reason: z.string(),
        token_ids: z.nullish(ids()),
        logprobs: z.nullish(z.object({ tokens: z.nullish(z.array(z.string())), token_logprobs: z.nullish(z.array(z.number())) })),
      }),
    ),
  });

/** Ids that are written as tokens. */
function idsOf(tokens: readonly string[] | null | undefined): number[] | undefined {
  const found = tokens?.map((token) => Number(/^token_id:(\d{1,10})$/.exec(token)?.[1] ?? Number.NaN));
  return found?.some(Number.isNaN) ? undefined : found;
}

const vllm: Dialect = {
  name: 'vLLM',
  endpoint: 'v1/completions',
  body: (request) => ({
    model: request.model,
    prompt: request.prompt,
    n: request.count,
    max_tokens: request.maxTokens,
    seed: request.seed,
    stop_token_ids: request.endToken,
    // Of the sampled token alone.
    logprobs: 0,
    return_token_ids: true,
    return_tokens_as_token_ids: true,
    ...drawOf(request),
    ...neutral,
  }),
  read(answer) {
    const read = z.safeParse(completionsAnswer(), answer);
    return read.data?.choices
      .toSorted((a, b) => a.index - b.index)
      .map(({ finish_reason, token_ids, logprobs }) => {
        const tokens = token_ids ?? idsOf(logprobs?.tokens);
        return { tokens, logProbs: logprobs?.token_logprobs ?? undefined, reason: finish_reason };
      });
  },
};

const generateAnswer = () =>
  z.array(
    z.object({
      meta_info: z.object({
        finish_reason: z.object({ type: z.string() }),
        // Log-probability, id, and a text where one is asked for.
        output_token_logprobs: z.nullish(z.array(z.tuple([z.number(), z.int()], z.unknown()))),
      }),
    }),
  );

const sglang: Dialect = {
  name: 'SGLang',
  endpoint: 'generate',
  // As many prompts as completions: with `n` a seed would be that of all, and all of them the same.
  body: (request) => ({
    input_ids: Array.from({ length: request.count }, () => request.prompt),
    sampling_params: Array.from({ length: request.count }, (_, k) => ({
      max_new_tokens: request.maxTokens,
      sampling_seed: request.seed + k,
      stop_token_ids: request.endToken,
      ...drawOf(request),
      ...neutral,
    })),
    return_logprob: true,
  }),
  read(answer) {
    const read = z.safeParse(generateAnswer(), answer);
    return read.data?.map(({ meta_info: { finish_reason, output_token_logprobs: drawn } }) => ({
      tokens: drawn?.map(([, id]) => id),
      logProbs: drawn?.map(([logProb]) => logProb),
      reason: finish_reason.type,
    }));
  },
};

/** All of them; the first is what an unknown server is asked in first. */
export const dialects: readonly Dialect[] = [vllm, sglang];
