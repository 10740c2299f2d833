/** Models recorded from Hugging Face transformers: logits, log-probabilities and gradients of the float64 reference and of the kernels. */
import { describe, expect, it } from 'vitest';
import { createKernels } from '../../src/kernels/index.ts';
import { referenceGradient, referenceTransformerForward } from '../../src/kernels/reference/transformer.ts';
import { createSequences, createTransformer, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { fillRecorded, type RecordedBatch, sequencesOf } from '../fixtures/recordedBatch.ts';
import tied from '../fixtures/transformer/llama-tied.json' with { type: 'json' };
import untied from '../fixtures/transformer/llama-untied.json' with { type: 'json' };
import qwen2 from '../fixtures/transformer/qwen2.json' with { type: 'json' };
import { numbers, type PackedArray } from '../fixtures/typedArray.ts';
import { relativeError } from './helpers.ts';
import { plainSequences } from './transformerHelpers.ts';

interface Fixture extends RecordedBatch {
  readonly config: Readonly<Record<string, string | number | boolean>>;
  readonly weights: Readonly<Record<string, PackedArray>>;
}

function specOf({ config }: Fixture): TransformerSpec {
  return {
    name: 'policy',
    vocabSize: Number(config.vocab_size),
    hiddenSize: Number(config.hidden_size),
    numHiddenLayers: Number(config.num_hidden_layers),
    numAttentionHeads: Number(config.num_attention_heads),
    numKeyValueHeads: Number(config.num_key_value_heads),
    headDim: Number(config.head_dim),
    intermediateSize: Number(config.intermediate_size),
    maxPositionEmbeddings: Number(config.max_position_embeddings),
    ropeTheta: Number(config.rope_theta),
    rotaryLayout: 'half',
    rmsNormEps: Number(config.rms_norm_eps),
    attentionBias: config.model_type === 'qwen2',
    tieWordEmbeddings: Boolean(config.tie_word_embeddings),
    output: 'logits',
  };
}

/** Room for the recorded batch. */
const room = { numGroups: 3, groupSize: 3, promptLength: 9, completionLength: 8 };
const range = { numGroups: 3, groupSize: 3, loss: 'score' } as const;

const fixtures: [string, Fixture][] = [
  ['Llama, untied, grouped queries, wide heads', untied],
  ['Llama, tied, one key head', tied],
  ['Qwen2, tied, biases', qwen2],
];

describe.each(fixtures)('%s', (_, fixture) => {
  const spec = specOf(fixture);
  const weights = new Map(Object.entries(fixture.weights).map(([name, packed]) => [name, numbers(packed)]));
  const recordedGradients = Object.entries(fixture.gradients).map(([name, packed]) => [name, numbers(packed)] as const);

  const expectLogProbs = (logProbs: ArrayLike<number>, rows: readonly number[]): void => {
    rows.forEach((row, index) => {
      numbers(fixture.logProbs[index]!).forEach((expected, t) => {
        expect(Math.abs(logProbs[row * room.completionLength + t]! - expected)).toBeLessThan(1e-4);
      });
    });
  };

  it('the reference: logits, log-probabilities, loss, gradients', () => {
    sequencesOf(fixture).forEach((tokens, index) => {
      const got = referenceTransformerForward(spec, weights, tokens).outputs;
      expect(relativeError(got, numbers(fixture.logits[index]!))).toBeLessThan(5e-6);
    });
    const sequences = plainSequences(room);
    const rows = fillRecorded(fixture, sequences);
    const { logProbs, loss, gradients } = referenceGradient(spec, weights, sequences, range);
    expectLogProbs(logProbs, rows);
    expect(Math.abs(loss - fixture.loss)).toBeLessThan(1e-4);
    expect([...gradients.keys()].sort()).toEqual(recordedGradients.map(([name]) => name).sort());
    for (const [name, expected] of recordedGradients) expect(relativeError(gradients.get(name)!, expected), name).toBeLessThan(1e-5);
  });

  it('the kernels: logits within 1e-4, gradients within 1e-4 of their size', () => {
    const kernels = createKernels({ bytes: 2 ** 24 });
    const model = createTransformer(kernels, spec);
    expect(
      model.parameters
        .tensors()
        .map(({ name, shape }) => `${name} ${shape}`)
        .sort(),
    ).toEqual(
      Object.entries(fixture.weights)
        .map(([name, { shape }]) => `${name} ${shape}`)
        .sort(),
    );
    for (const [name, values] of weights) model.parameters.tensor(name)!.set('values', values);
    sequencesOf(fixture).forEach((tokens, index) => {
      const got = model.logits(tokens);
      numbers(fixture.logits[index]!).forEach((expected, i) => {
        expect(Math.abs(got[i]! - expected)).toBeLessThan(1e-4);
      });
    });
    const sequences = createSequences(kernels, room);
    const rows = fillRecorded(fixture, sequences);
    model.gradient(sequences, range);
    expectLogProbs(sequences.logProbs, rows);
    for (const [name, expected] of recordedGradients) {
      expect(relativeError(model.parameters.tensor(name)!.get('gradients'), expected), name).toBeLessThan(1e-4);
    }
  });
});

describe('optimizers of torch', () => {
  const setUp = () => {
    const kernels = createKernels({ bytes: 2 ** 24 });
    const { parameters } = createTransformer(kernels, specOf(tied));
    for (const [name, packed] of Object.entries(tied.weights)) parameters.tensor(name)!.set('values', numbers(packed));
    return { kernels, parameters };
  };

  it.each(['adamw', 'sgd'] as const)('%s: norms before clipping, and how far three steps move every tensor', (name) => {
    const { kernels, parameters } = setUp();
    const { factors, maxGradNorm, norms, weights } = tied.optimizers[name];
    factors.forEach((factor, index) => {
      for (const [tensor, packed] of Object.entries(tied.gradients)) {
        parameters.tensor(tensor)!.set(
          'gradients',
          numbers(packed).map((g) => factor * g),
        );
      }
      const norm =
        name === 'sgd'
          ? kernels.sgdStep({ parameters, learningRate: 0.05, momentum: 0.9, maxGradNorm })
          : kernels.adamStep({
              ...{ parameters, learningRate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-8 },
              ...{ maxGradNorm, step: index + 1, weightDecay: 0.1 },
            });
      expect(Math.abs(norm / norms[index]! - 1)).toBeLessThan(1e-5);
    });
    for (const [tensor, packed] of Object.entries(weights) as [keyof typeof weights, PackedArray][]) {
      const before = numbers(tied.weights[tensor]);
      const moved = (after: ArrayLike<number>): Float64Array => before.map((x, i) => after[i]! - x);
      expect(relativeError(moved(parameters.tensor(tensor)!.get()), moved(numbers(packed))), tensor).toBeLessThan(1e-4);
    }
  });

  it('weight decay shrinks matrices and leaves norms alone', () => {
    const { kernels, parameters } = setUp();
    parameters.gradients.fill(0);
    kernels.adamStep({ parameters, learningRate: 0.01, epsilon: 1e-8, step: 1, weightDecay: 0.5 });
    for (const [name, packed] of Object.entries(tied.weights)) {
      const factor = packed.shape.length === 2 ? 0.995 : 1;
      const expected = numbers(packed).map((x) => Math.fround(x * Math.fround(factor)));
      expect([...parameters.tensor(name)!.get()], name).toEqual([...expected]);
    }
  });
});
