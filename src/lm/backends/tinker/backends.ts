/**
 * A model on a server of the Tinker protocol as what samples and what learns.
 */
import { exp } from '../../../math/index.ts';
import type { LanguageConfig } from '../../config/config.ts';
import type { SamplingBackend, SamplingRequest, TrainingBackend, UpdateReport } from '../backend.ts';
import { askByPrompt } from '../byPrompt.ts';
import type { SamplingParameters, TinkerModel, TinkerSampler } from './model.ts';
import { type ServerNormalization, serverNormalizations } from './normalizations.ts';
import { type Datum, datumOf } from './wire.ts';

/** What the configuration says of learning. */
type LearningFields = Pick<LanguageConfig, 'beta1' | 'beta2' | 'adamEpsilon' | 'weightDecay'> & {
  readonly serverNormalization: ServerNormalization;
};

/** A completion that is learned from, with the log-probabilities that the sampler said. */
interface Taught {
  readonly datum: Datum;
  readonly logProbs: Float32Array;
  readonly advantages: readonly number[];
}

/** Where the backends get their model. */
interface Models {
  /** The one of now. */
  current(): Promise<TinkerModel>;
  /** Makes one as it was saved at a place the one of now. */
  open(place: string): Promise<void>;
}

/** Backends of the model of now, whenever one is needed. */
export function tinkerBackends(
  models: Models,
  { beta1, beta2, adamEpsilon: eps, weightDecay: weight_decay, serverNormalization }: LearningFields,
): { readonly sampling: SamplingBackend; readonly training: Required<Omit<TrainingBackend, 'times'>> } {
  /** Of the weights of now; none after an update. */
  let sampler: { readonly of: TinkerModel; readonly made: TinkerSampler } | undefined;
  const factorOf = serverNormalizations[serverNormalization];
  return {
    sampling: {
      async sample(prompts, request, following = {}) {
        if (following.signal?.aborted) return undefined;
        const of = await models.current();
        if (sampler?.of !== of) sampler = { of, made: await of.sampler() };
        const from = sampler.made;
        return askByPrompt(prompts, request, following, async ({ tokens: prompt }, seed, signal) => {
          const drawn = await from.sample(prompt, request.numSamples, parametersOf(request, seed), signal);
          return drawn.map(({ tokens, logprobs }) => ({ tokens: Int32Array.from(tokens), logProbs: Float32Array.from(logprobs) }));
        });
      },
    },
    training: {
      async update({ batch, rows, learningRate }): Promise<UpdateReport> {
        const { promptLength, completionLength, groupSize } = batch.spec;
        const taught: Taught[] = [];
        // What has no advantage adds nothing, wherever it is.
        const learned = Array.from(
          rows,
          (row) => [row * completionLength, batch.completionLengths[row]!, Math.floor(row / groupSize)] as const,
        ).filter(([start, length]) => batch.advantageWeights.subarray(start, start + length).some((weight) => weight !== 0));
        for (const [start, length, group] of learned) {
          const of = <Numbers extends Float32Array | Int32Array>(numbers: Numbers) => numbers.subarray(start, start + length) as Numbers;
          const prompt = batch.prompts.subarray(group * promptLength, group * promptLength + batch.promptLengths[group]!);
          const factor = factorOf(prompt.length + length - 1, learned.length);
          const advantages = Array.from(of(batch.advantageWeights), (weight) => weight * factor);
          const logProbs = of(batch.oldLogProbs);
          taught.push({ datum: datumOf(prompt, of(batch.completions), advantages, logProbs), logProbs, advantages });
        }
        const learner = await models.current();
        const said = await learner.forwardBackward(taught.map(({ datum }) => datum));
        sampler = undefined;
        const norm = await learner.optimStep({ learning_rate: learningRate, beta1, beta2, eps, weight_decay });
        const norms = norm === undefined ? [] : [norm];
        return {
          steps: 1,
          norms,
          ratios: mismatch(taught, said),
        };
      },
      save: async (name) => (await models.current()).save(name),
      load: (place) => models.open(place),
    },
  };
}

function parametersOf({ maxTokens, temperature, topK, topP, greedy, endToken }: SamplingRequest, seed: number): SamplingParameters {
  const whole = { max_tokens: maxTokens, seed, stop: endToken };
  // Of the likeliest token there is nothing to draw.
  if (greedy) return { ...whole, temperature: 0, top_k: -1, top_p: 1 };
  return { ...whole, temperature, top_k: topK === 0 ? -1 : topK, top_p: topP };
}

/** How far what learns is from what sampled, on the same weights: Schulman's k3 over the tokens of the completions. */
function mismatch(taught: readonly Taught[], said: readonly (readonly number[] | undefined)[]): UpdateReport['ratios'] {
  let [sum, tokens] = [0, 0];
  for (const [i, { logProbs, advantages }] of taught.entries()) {
    const own = said[i]?.slice(-logProbs.length);
    if (own?.length !== logProbs.length) return undefined;
    for (const [t, logProb] of logProbs.entries()) {
      // What was appended between turns was not sampled.
      if (advantages[t] === 0) continue;
      const difference = own[t]! - logProb;
      sum += exp(difference) - 1 - difference;
      tokens++;
    }
  }
  return { approxKl: sum / Math.max(1, tokens) };
}
