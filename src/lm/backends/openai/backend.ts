/**
 * A model on an OpenAI-compatible server as what samples. It does not learn.
 */
import { failure } from '../../../core/errors.ts';
import { parseJson } from '../../../core/json.ts';
import { RequestError } from '../../../run/request.ts';
import type { SampledTokens } from '../../model/rollouts.ts';
import type { SamplingBackend } from '../backend.ts';
import { askByPrompt } from '../byPrompt.ts';
import type { CompletionsRequest, Dialect, GivenCompletion } from './dialects.ts';
import type { SamplingServer } from './server.ts';

/** Completions of one request: they come back together, so that more would take longer than a request may. */
const mostCompletions = 64;

/** What is sampled from. */
export interface SamplingSource {
  readonly server: SamplingServer;
  readonly dialect: Dialect;
  /** The server's name of the model. */
  readonly model: string;
  /** Ids are below it. */
  readonly vocabulary: number;
}

/** Samples from a model there; answers are checked in full. */
export function openAiSampling({ server, dialect, model, vocabulary }: SamplingSource): SamplingBackend {
  const { endpoint } = dialect;
  const ask = async (asked: CompletionsRequest, signal: AbortSignal): Promise<SampledTokens[]> => {
    const outcome = await server.send(endpoint, dialect.body(asked), signal);
    if (outcome instanceof RequestError || !outcome.ok) throw server.refusal(endpoint, outcome);
    const given = dialect.read(parseJson(outcome.bytes));
    const problem = given ? problemOf(given, asked, vocabulary) : notUnderstood;
    if (problem) throw failure(server.subject(endpoint), ...problem);
    return given!.map(sampled);
  };
  return {
    async sample(prompts, request, following = {}) {
      if (following.signal?.aborted) return undefined;
      const { numSamples, greedy } = request;
      return askByPrompt(prompts, request, following, async ({ tokens: prompt }, seed, signal) => {
        const drawn: SampledTokens[] = [];
        // Of the likeliest tokens there is one completion, and vLLM refuses to give it several times.
        const wanted = greedy ? 1 : numSamples;
        while (drawn.length < wanted) {
          const count = Math.min(mostCompletions, wanted - drawn.length);
          drawn.push(...(await ask({ ...request, model, prompt, count, seed: seed + drawn.length }, signal)));
        }
        return greedy ? Array.from({ length: numSamples }, () => drawn[0]!) : drawn;
      });
    },
  };
}

/** What is wrong with an answer. */
type Problem = readonly [expected: string, got: string, advice: string];

const notUnderstood: Problem = ['an answer of that endpoint', 'another one', 'check its version'];

/** What is wrong with an answer, as far as something is. */
function problemOf(
  given: readonly GivenCompletion[],
  { count, maxTokens, endToken }: CompletionsRequest,
  vocabulary: number,
): Problem | undefined {
  const version = 'check its version';
  if (given.length !== count) return [`${count} completions`, `${given.length}`, version];
  for (const { tokens, logProbs, reason } of given) {
    if (!tokens) return ['the ids of the tokens', 'none', version];
    if (tokens.length !== logProbs?.length) return ['a log-probability for every token', 'another number', version];
    if (tokens.length < 1 || tokens.length > maxTokens) return [`1 to ${maxTokens} tokens`, `${tokens.length}`, version];
    const stranger = tokens.find((id) => id < 0 || id >= vocabulary);
    const advice = 'the model there may have another tokenizer: check --tokenizer';
    if (stranger !== undefined) return [`ids from 0 to ${vocabulary - 1}`, `${stranger}`, advice];
    if (!logProbs.every(Number.isFinite)) return ['log-probabilities that are finite', 'others', version];
    if (reason !== 'stop' && reason !== 'length') return ['a completion that ended or was cut off', `one with reason ${reason}`, version];
    const end = tokens.findIndex((id) => endToken.includes(id));
    const last = tokens.length - 1;
    if (end !== -1 && end < last) return ['a completion up to its first end token', 'one that goes on behind it', version];
    if (reason === 'stop' && end !== last) {
      const ends = endToken.join(' or ');
      return [
        `a completion that ends with ${ends}`,
        `one that ends with ${tokens[last]}`,
        `tokens that end one are others there: ${advice}`,
      ];
    }
  }
  return undefined;
}

function sampled({ tokens, logProbs }: GivenCompletion): SampledTokens {
  return { tokens: Int32Array.from(tokens!), logProbs: Float32Array.from(logProbs!) };
}
