/**
 * What travels between a client and a server of the Tinker protocol, as JSON: the endpoints under `/api/v1` with the fields that are used here. Sources: the
 * types of the Python package tinker 0.24, and NovaSky-AI/SkyRL, `skyrl/tinker/api.py`. Servers add fields of their own; they are passed over.
 */
import * as z from 'zod/mini';

// Functions: a page that never speaks with a server then loads none of them.

/** Names that go back to the server. */
const name = () => z.string().check(z.minLength(1), z.maxLength(1024));
const optionalName = () => z.optional(z.nullable(name()));
/** At most 2^20 numbers of a tensor, each finite. */
const numbers = () => z.array(z.number()).check(z.maxLength(2 ** 20));
const tensor = () => z.object({ data: numbers() });

/** `create_session`: what everything else belongs to. */
export const sessionAnswer = () => z.object({ session_id: name(), error_message: z.optional(z.nullable(z.string())) });

/** What an asynchronous endpoint answers at once: the result is fetched from `retrieve_future`. */
export const futureAnswer = () => z.object({ request_id: name(), model_id: optionalName() });

/** `retrieve_future` where the result is not there yet. */
export const notYet = () => z.object({ type: z.literal('try_again') });

/** `retrieve_future` where there will be none. */
export const failed = () => z.object({ error: z.string() });

/** `get_server_capabilities`: the models that can be trained. */
export const capabilitiesAnswer = () =>
  z.object({
    supported_models: z.array(
      z.object({ model_name: z.optional(z.nullable(z.string())), max_context_length: z.optional(z.nullable(z.number())) }),
    ),
  });

/** The result of `create_model`. */
export const modelResult = () => z.object({ model_id: optionalName() });

/** The result of `asample`. */
export const sampleResult = () =>
  z.object({
    sequences: z.array(
      z.object({
        stop_reason: z.enum(['length', 'stop']),
        tokens: z.array(z.int().check(z.minimum(0))).check(z.minLength(1), z.maxLength(2 ** 20)),
        logprobs: numbers(),
      }),
    ),
  });

/** The result of `forward_backward`: per sequence what the loss says of every position. */
export const gradientResult = () =>
  z.object({
    loss_fn_outputs: z.array(z.object({ logprobs: z.optional(tensor()), elementwise_loss: z.optional(tensor()) })),
  });

/** The result of `optim_step`. */
export const stepResult = () => z.object({ metrics: z.optional(z.nullable(z.record(z.string(), z.nullable(z.number())))) });

/** The result of `save_weights`. */
export const savedResult = () => z.object({ path: name() });

/** The result of `save_weights_for_sampler`: a session to sample from, or a path. */
export const samplerResult = () => z.object({ sampling_session_id: optionalName(), path: optionalName() });

/** A result of which nothing is needed. */
export const anyResult = () => z.object({});

/** A sequence as `forward_backward` takes it: position t reads token t and is asked for token t + 1; all lists are as long as the tokens. */
export interface Datum {
  readonly model_input: { readonly chunks: readonly [{ readonly type: 'encoded_text'; readonly tokens: readonly number[] }] };
  readonly loss_fn_inputs: Readonly<
    Record<
      'target_tokens' | 'advantages' | 'logprobs',
      { readonly data: readonly number[]; readonly dtype: string; readonly shape: readonly [number] }
    >
  >;
}

/** Adam's parameters of `optim_step`. */
export interface AdamParameters {
  readonly learning_rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weight_decay: number;
}

/** A prompt and a completion as a sequence; nothing is learned of the prompt. `advantages` and `logProbs` are those of the completion. */
export function datumOf(
  prompt: ArrayLike<number>,
  completion: ArrayLike<number>,
  advantages: ArrayLike<number>,
  logProbs: ArrayLike<number>,
): Datum {
  const all = [...Array.from(prompt), ...Array.from(completion)];
  const tensorOf = (data: readonly number[], dtype: string) => ({ data, dtype, shape: [data.length] as const });
  const behind = (values: ArrayLike<number>): number[] => [...new Array<number>(prompt.length - 1).fill(0), ...Array.from(values)];
  return {
    model_input: { chunks: [{ type: 'encoded_text', tokens: all.slice(0, -1) }] },
    loss_fn_inputs: {
      target_tokens: tensorOf(all.slice(1), 'int64'),
      advantages: tensorOf(behind(advantages), 'float32'),
      logprobs: tensorOf(behind(logProbs), 'float32'),
    },
  };
}
