/**
 * The model in this process: the kernels as what samples and what learns.
 */
import type { CompletionEstimator } from '../../advantage/completions/index.ts';
import type { Platform } from '../../core/platform.ts';
import type { Kernels } from '../../kernels/room.ts';
import type { Sequences, Transformer } from '../../kernels/transformer/spec.ts';
import { learnerStreams } from '../../random/index.ts';
import { inPieces } from '../../run/breathe.ts';
import type { SamplingBackend, SamplingRequest, TrainingBackend } from '../backends/backend.ts';
import type { LanguageConfig } from '../config/config.ts';
import { completionsInPieces, type EncodedPrompt, type SampledTokens } from '../model/rollouts.ts';
import { ratioStatistics } from './metrics.ts';
import { takeStep } from './optimize.ts';
import { weighBySequences } from './sequenceRatio.ts';

/** What samples: a policy, and the batches for groups, for single completions and for branches. */
export interface LocalSampler {
  readonly policy: Transformer;
  readonly batch: Sequences;
  readonly singles: Sequences;
  readonly branches?: Sequences | undefined;
}

/** What else learns. */
interface LocalLearner extends LocalSampler {
  readonly config: LanguageConfig;
  readonly estimator: CompletionEstimator;
  readonly kernels: Kernels;
  readonly key: Uint32Array;
}

/** The completions of {@link SamplingBackend.sample}; every pass of a batch is a piece. */
export function* samplesInPieces(
  { policy, batch: groups, singles, branches }: LocalSampler,
  prompts: readonly EncodedPrompt[],
  { numSamples, ...request }: SamplingRequest,
): Generator<number, SampledTokens[][]> {
  // Branches have longer prompts.
  const batch = (request.stream === learnerStreams.branches && branches) || (numSamples > 1 ? groups : singles);
  const { groupSize } = batch.spec;
  const all: SampledTokens[][] = prompts.map(() => []);
  for (let done = 0; done < numSamples; done += groupSize) {
    const firstRollout = request.firstRollout + done * prompts.length;
    const samples = Math.min(groupSize, numSamples - done);
    const part = yield* completionsInPieces(policy, batch, prompts, samples, { ...request, firstRollout });
    part.forEach((completions, prompt) => {
      all[prompt]!.push(...completions);
    });
  }
  return all;
}

/** The kernels as backends. */
export function inProcess(
  parts: LocalLearner,
  platform: Pick<Platform, 'now' | 'pause'>,
): { readonly sampling: SamplingBackend; readonly training: TrainingBackend } {
  const { config, estimator, policy, kernels, key } = parts;
  const { klForm, entropyCoef, clipLow, clipHigh, dualClip, frozenLayers } = config;
  return {
    sampling: { sample: (prompts, request, following) => inPieces(samplesInPieces(parts, prompts, request), { platform, ...following }) },
    training: {
      times: () => kernels.times(),
      async update({ batch, range, rows, lengths, places, learningRate, stepsBefore, referenceCoefficient }) {
        const scored = { rows, lengths, places };
        const norms: number[] = [];
        const bySequence = estimator.loss === 'sequence' ? batch.advantageWeights.slice() : undefined;
        const loss = estimator.loss === 'sequence' ? 'score' : estimator.loss;
        for (let epoch = 0; epoch < config.updateEpochs; epoch++) {
          const step = stepsBefore + epoch + 1;
          // By the step alone, so that a run that is taken up draws what it would have drawn.
          const dropout = config.loraDropout > 0 ? { key, step, stream: learnerStreams.dropout } : undefined;
          // At first the policy is the one that sampled, unless some of it is dropped: every ratio is 1.
          if (bySequence && (epoch > 0 || dropout)) {
            policy.evaluate(batch, { ...range, dropout });
            weighBySequences(batch, scored, bySequence, config);
          }
          const terms = { referenceCoefficient, referenceForm: klForm, entropyCoefficient: entropyCoef };
          policy.gradient(batch, { ...range, loss, clipLow, clipHigh, dualClip, ...terms, dropout, frozenLayers });
          norms.push(takeStep(kernels, policy.parameters, config, learningRate, step, frozenLayers));
        }
        const ratios = estimator.loss === 'score' ? undefined : ratioStatistics(batch, scored, config, estimator.loss);
        return { steps: norms.length, norms, ratios };
      },
    },
  };
}
