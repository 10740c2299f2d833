/**
 * A transformer behind typed functions: what `assembly/transformer` computes, on the memory and the threads of the kernels.
 */
import { mistake, show } from '../../core/errors.ts';
import { parallelGradientWork, writeJob } from '../jobs.ts';
import type { Kernels } from '../kernels.ts';
import { jobShards } from '../layout.ts';
import * as layout from './layout.ts';
import { gradientShards, placeTransformer } from './parameters.ts';
import { type Plan, placePlan } from './plan.ts';
import { checkSequences, createSequences, sequenceArrays } from './sequences.ts';
import type {
  EvaluateOptions,
  GradientOptions,
  SampleOptions,
  Sequences,
  SequencesRange,
  Transformer,
  TransformerOptions,
  TransformerSpec,
} from './spec.ts';

const losses: Readonly<Record<GradientOptions['loss'], number>> = {
  score: layout.lossScore,
  clipped: layout.lossClipped,
  weighted: layout.lossWeighted,
  gated: layout.lossGated,
  value: layout.lossValueTarget,
};

const referenceForms: Readonly<Record<NonNullable<GradientOptions['referenceForm']>, number>> = {
  k1: layout.referenceK1,
  k2: layout.referenceK2,
  k3: layout.referenceK3,
};

const defaultKeptBytes = 2 ** 28;

/** SAPO's temperatures, arXiv 2511.20347. */
const usualGate = { positive: 1, negative: 1.05 } as const;

/** Most tokens that end a completion. */
const maxEndTokens = 32;

function checkRange(subject: string, value: number, fits: boolean, expected: string, advice: string): void {
  if (!fits) throw mistake(subject, expected, show(value), advice);
}

/** The first block that is trained. Throws {@link CohortError} if there is none, and where the head would be trained and the embedding, the same matrix, not. */
function lowestTrained(
  { name, numHiddenLayers, adapter, tieWordEmbeddings, output, frozenLayers: never = 0 }: TransformerSpec,
  options: GradientOptions,
): number {
  const { frozenLayers = 0 } = options;
  const subject = `transformer ${name}: frozenLayers`;
  const fits = Number.isInteger(frozenLayers) && frozenLayers >= 0 && frozenLayers < numHiddenLayers;
  checkRange(subject, frozenLayers, fits, `a whole number from 0, below the ${numHiddenLayers} blocks`, 'leave a block to be trained');
  const isTied = tieWordEmbeddings && output === 'logits' && !adapter;
  checkRange(subject, frozenLayers, frozenLayers === 0 || !isTied, '0 where the head is the embedding', 'train adapters, or all of it');
  return Math.max(frozenLayers, never, adapter?.frozenLayers ?? 0);
}

/** Makes a transformer in kernel memory, all parameters zero. Throws {@link CohortError} for sizes that do not fit together. */
export function createTransformer(
  kernels: Kernels,
  spec: TransformerSpec,
  { keptBytes = defaultKeptBytes }: TransformerOptions = {},
): Transformer {
  const { arena, exports, pool } = kernels.context;
  kernels.context.hasTransformer = true;
  const { record, address, parameters, base } = placeTransformer(arena, spec);
  const { length } = parameters;
  const { words, floats } = arena;
  const job = arena.allocate(layout.taskWords * 4, 'transformer job');
  const w = job / 4;
  const endTokens = arena.allocate(maxEndTokens * 4, 'end tokens');
  const isValue = spec.output === 'value';
  const shards = gradientShards(length);
  const rate = spec.adapter?.dropout ?? 0;
  const dropout = rate > 0 ? arena.allocate(layout.dropoutWords * 4, 'dropout') : 0;
  let gradientBlocks = 0;
  let probe: { readonly sequences: Sequences; readonly logits: Float32Array } | undefined;
  const plans = { training: new WeakMap<Sequences, Plan>(), sampling: new WeakMap<Sequences, Plan>() };
  // Any number of shards gives the same tokens; two per thread even out unequal lengths.
  const samplingShards = kernels.threads > 1 ? 2 * kernels.threads : 1;

  /** Address of the shards' gradients, made at the first call. */
  const shardGradients = (): number => {
    if (gradientBlocks === 0) gradientBlocks = arena.allocate(shards * (length - parameters.untrained) * 4, 'gradients of shards');
    return gradientBlocks;
  };

  const planOf = (sequences: Sequences, purpose: 'training' | 'sampling'): Plan => {
    let plan = plans[purpose].get(sequences);
    if (!plan) {
      plan = placePlan(arena, spec, sequences.spec, purpose, Math.ceil(sequences.spec.numGroups / samplingShards), keptBytes);
      plans[purpose].set(sequences, plan);
    }
    pool.reserve(plan.workspaceBytes);
    return plan;
  };

  /** Writes what all jobs have in common. */
  const prepare = (kind: number, sequences: Sequences, range: SequencesRange, plan: Plan, most: number): void => {
    const { spec: room } = sequences;
    writeJob(arena, job, kind, record, address);
    words[w + jobShards] = Math.min(most, range.numGroups);
    words[w + layout.taskPlan] = plan.record;
    words[w + layout.taskGroups] = range.numGroups;
    words[w + layout.taskGroupSize] = range.groupSize;
    words[w + layout.taskPromptStride] = room.promptLength;
    words[w + layout.taskCompletionStride] = room.completionLength;
    words[w + layout.taskGroupRoom] = room.groupSize;
    sequenceArrays.forEach((name, i) => {
      words[w + layout.taskPrompts + i] = arena.addressOf(sequences[name], 0, name);
    });
    words[w + layout.taskPatches] = sequences.patches.byteOffset;
    words[w + layout.taskLogits] = 0;
    words[w + layout.taskLoss] = layout.lossScore;
    words[record / 4 + layout.modelDropout] = 0;
    floats[w + layout.taskReferenceCoefficientF] = 0;
    floats[w + layout.taskInverseTemperatureF] = 1 / (range.temperature ?? 1);
  };

  /** Lets the job that is prepared drop inputs of the adapters. */
  const drop = ({ dropout: draw }: EvaluateOptions): void => {
    if (dropout === 0 || !draw) return;
    const at = dropout / 4;
    words[record / 4 + layout.modelDropout] = dropout;
    words[at + layout.dropoutThreshold] = Math.round(rate * 2 ** 32);
    floats[at + layout.dropoutScaleF] = 1 / (1 - rate);
    words[at + layout.dropoutKey0] = draw.key[0]!;
    words[at + layout.dropoutKey1] = draw.key[1]!;
    words[at + layout.dropoutStep] = draw.step;
    words[at + layout.dropoutStream] = draw.stream;
  };

  const run = ({ numGroups, groupSize }: SequencesRange): void => {
    pool.run(numGroups * groupSize * length >= parallelGradientWork, job, 0);
  };

  const refuseValue = (): void => {
    if (!isValue) return;
    throw mistake(`transformer ${spec.name}`, 'a model with logits', 'one with a value head', 'sample from the policy');
  };

  return {
    spec,
    parameters,
    base,
    reserve(sequences, ...uses) {
      for (const use of uses) planOf(sequences, use === 'sample' ? 'sampling' : 'training');
      if (uses.includes('gradient')) shardGradients();
    },
    sample(sequences, options: SampleOptions) {
      refuseValue();
      const { maxTokens, endToken, topK = 0, topP = 1 } = options;
      const { completionLength } = sequences.spec;
      const fits = Number.isInteger(maxTokens) && maxTokens >= 1 && maxTokens <= completionLength;
      checkRange('maxTokens', maxTokens, fits, `a whole number from 1 to ${completionLength}`, 'make a batch for longer completions');
      checkSequences(spec, sequences, options, maxTokens);
      checkRange('topK', topK, Number.isInteger(topK) && topK >= 0, 'a whole number of at least 0', '0 keeps all tokens');
      checkRange('topP', topP, topP > 0 && topP <= 1, 'a number above 0, at most 1', '1 keeps all tokens');
      prepare(layout.kindTransformerSample, sequences, options, planOf(sequences, 'sampling'), samplingShards);
      words[w + layout.taskMaxTokens] = maxTokens;
      const ends = typeof endToken === 'number' ? [endToken] : endToken;
      const [least, most] = [1, maxEndTokens];
      checkRange(
        'endToken',
        ends.length,
        ends.length >= least && ends.length <= most,
        `${least} to ${most} tokens`,
        'name the tokens that end',
      );
      words.set(ends, endTokens / 4);
      words[w + layout.taskEndTokens] = endTokens;
      words[w + layout.taskEndCount] = ends.length;
      words[w + layout.taskTopK] = Math.min(topK, spec.vocabSize);
      floats[w + layout.taskTopPF] = topP;
      words[w + layout.taskGreedy] = options.greedy ? 1 : 0;
      words[w + layout.taskKey0] = options.key[0]!;
      words[w + layout.taskKey1] = options.key[1]!;
      words[w + layout.taskIteration] = options.iteration;
      words[w + layout.taskFirstRollout] = options.firstRollout;
      words[w + layout.taskStream] = options.stream;
      run(options);
    },
    evaluate(sequences, options: EvaluateOptions) {
      checkSequences(spec, sequences, options);
      prepare(layout.kindTransformerForward, sequences, options, planOf(sequences, 'training'), shards);
      drop(options);
      run(options);
    },
    withoutAdapter(compute) {
      const rank = words[record / 4 + layout.modelAdapterRank]!;
      words[record / 4 + layout.modelAdapterRank] = 0;
      try {
        return compute();
      } finally {
        words[record / 4 + layout.modelAdapterRank] = rank;
      }
    },
    gradient(sequences, options: GradientOptions) {
      checkSequences(spec, sequences, options);
      if ((options.loss === 'value') !== isValue) {
        throw mistake(
          `transformer ${spec.name}: loss`,
          isValue ? 'value' : 'a loss of log-probabilities',
          show(options.loss),
          'a value head has the value loss, a model with logits the others',
        );
      }
      prepare(layout.kindTransformerGradient, sequences, options, planOf(sequences, 'training'), shards);
      drop(options);
      words[record / 4 + layout.modelFrozenLayers] = lowestTrained(spec, options);
      words[w + layout.taskGradients] = shardGradients();
      words[w + layout.taskLoss] = losses[options.loss];
      const { gate = usualGate, clipLow = 0.2, clipHigh = 0.2 } = options;
      floats[w + layout.taskClipLowF] = options.loss === 'gated' ? gate.negative : 1 - clipLow;
      floats[w + layout.taskClipHighF] = options.loss === 'gated' ? gate.positive : 1 + clipHigh;
      floats[w + layout.taskDualClipF] = options.dualClip ?? 0;
      words[w + layout.taskReferenceForm] = referenceForms[options.referenceForm ?? 'k3'];
      floats[w + layout.taskReferenceCoefficientF] = options.referenceCoefficient ?? 0;
      floats[w + layout.taskEntropyCoefficientF] = options.entropyCoefficient ?? 0;
      run(options);
      exports.finishTransformer(job, parameters.gradients.byteOffset);
    },
    logits(tokens, patches = []) {
      const width = isValue ? 1 : spec.vocabSize;
      probe ??= {
        sequences: createSequences(kernels, {
          numGroups: 1,
          groupSize: 1,
          promptLength: spec.maxPositionEmbeddings,
          completionLength: 1,
          patches: spec.patches,
        }),
        logits: kernels.float32(spec.maxPositionEmbeddings * width),
      };
      const { sequences } = probe;
      const count = tokens.length;
      const fits = count >= 1 && count <= spec.maxPositionEmbeddings;
      checkRange(
        'tokens',
        count,
        fits,
        `1 to ${spec.maxPositionEmbeddings} tokens`,
        'split the sequence, or use a model with a longer context',
      );
      sequences.prompts.set(tokens);
      sequences.patches.set(patches);
      sequences.promptLengths[0] = count;
      const range = { numGroups: 1, groupSize: 1 };
      checkSequences(spec, sequences, range, 1);
      prepare(layout.kindTransformerForward, sequences, range, planOf(sequences, 'training'), 1);
      words[w + layout.taskLogits] = probe.logits.byteOffset;
      pool.run(false, job, 0);
      return probe.logits.slice(0, count * width);
    },
  };
}
