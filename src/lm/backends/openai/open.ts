/**
 * Which model of an OpenAI-compatible server is meant, and how the server is asked for token ids.
 */
import * as z from 'zod/mini';
import { failure, mistake, show } from '../../../core/errors.ts';
import { parseJson } from '../../../core/json.ts';
import { RequestError } from '../../../run/request.ts';
import type { Outcome } from '../requests.ts';
import { type Dialect, dialects } from './dialects.ts';
import type { SamplingServer } from './server.ts';

/** A model that a server lists. */
export interface ListedModel {
  readonly id: string;
  /** Whose server it says to be: `vllm`, `sglang`. */
  readonly owned_by?: string | null | undefined;
  /** Most tokens of prompt and completion together, where the server says that. */
  readonly max_model_len?: number | null | undefined;
}

const modelsEndpoint = 'v1/models';

const modelsAnswer = () =>
  z.object({
    data: z.array(
      z.object({
        id: z.string().check(z.minLength(1)),
        owned_by: z.nullish(z.string()),
        max_model_len: z.nullish(z.int().check(z.positive())),
      }),
    ),
  });

/** The model of that name, or the only one. Throws `CohortError` where the server cannot be reached, does not have it, or has several and none is named. */
export async function chooseModel(server: SamplingServer, name: string | undefined): Promise<ListedModel> {
  const outcome = await server.send(modelsEndpoint);
  if (outcome instanceof RequestError || !outcome.ok) throw server.refusal(modelsEndpoint, outcome);
  const read = z.safeParse(modelsAnswer(), parseJson(outcome.bytes));
  if (!read.success) {
    const got = 'an answer that is none';
    throw failure(server.subject(modelsEndpoint), 'a list of models', got, 'check the address: it ends with /v1');
  }
  const { data } = read.data;
  const found = name === undefined && data.length === 1 ? data[0] : data.find(({ id }) => id === name);
  if (found) return found;
  if (data.length === 0) throw failure(server.subject(modelsEndpoint), 'at least one model', 'none', 'load a model there');
  const some = `${data
    .slice(0, 8)
    .map(({ id }) => id)
    .join(', ')}${data.length > 8 ? ', ...' : ''}`;
  const expected = `one of the ${data.length} models of ${server.url}`;
  throw mistake('model', expected, name === undefined ? 'none' : show(name), `choose ${some}`);
}

/** Whether an answer may mean that the server is asked in the wrong way. */
function isMisunderstood(outcome: Outcome): boolean {
  return !(outcome instanceof RequestError) && [400, 404, 405, 422, 501].includes(outcome.status);
}

/**
 * How the server is asked for ids: it is asked for a token, in one dialect after the other. Throws `CohortError` where it gives none in any of them, and where it
 * cannot be reached.
 */
export async function findDialect(server: SamplingServer, { id, owned_by }: ListedModel, endToken: readonly number[]): Promise<Dialect> {
  const isLikely = ({ name }: Dialect): boolean => name.toLowerCase() === owned_by?.toLowerCase();
  const order = [...dialects.filter(isLikely), ...dialects.filter((dialect) => !isLikely(dialect))];
  const first = { model: id, prompt: [0], count: 1, seed: 0, maxTokens: 1, temperature: 1, topK: 0, topP: 1, greedy: true, endToken };
  const got: string[] = [];
  for (const dialect of order) {
    const outcome = await server.send(dialect.endpoint, dialect.body(first));
    if (!(outcome instanceof RequestError) && outcome.ok) {
      const given = dialect.read(parseJson(outcome.bytes));
      if (given?.[0]?.tokens && given[0].logProbs) return dialect;
      got.push(`${given?.[0]?.tokens ? 'ids without log-probabilities' : 'no ids'} by /${dialect.endpoint}`);
    } else if (isMisunderstood(outcome)) {
      got.push(server.refusal(dialect.endpoint, outcome).parts.got.concat(` by /${dialect.endpoint}`));
    } else {
      throw server.refusal(dialect.endpoint, outcome);
    }
  }
  const expected = 'a server that says the ids of the tokens it samples, and their log-probabilities';
  const advice = 'serve the model by a vLLM or SGLang of today: what is sampled as text would be tokenized twice';
  throw failure(`server ${server.url}`, expected, got.join(' and '), advice);
}
