/** Sampling: the bits of the trainer, the documented draw, its distribution, greedy, top-k and top-p. */
import { describe, expect, it } from 'vitest';
import { referenceDraw } from '../../src/kernels/reference/perceptron.ts';
import {
  referenceKept,
  referenceLogSoftmax,
  referenceTransformer,
  referenceTransformerForward,
} from '../../src/kernels/reference/transformer.ts';
import { createSequences, type SampleOptions, type SequencesSpec, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { Philox } from '../../src/random/index.ts';
import { bitsOf } from './helpers.ts';
import { type Opened, openTransformer, pick, smallSpec, specs, tokenPlaces } from './transformerHelpers.ts';

const key = [0xdeadbeef, 0x12345678];
const room: SequencesSpec = { numGroups: 5, groupSize: 4, promptLength: 6, completionLength: 9 };
const draw: SampleOptions = {
  ...{ numGroups: 5, groupSize: 4, maxTokens: 9, endToken: 0 },
  ...{ key, iteration: 0xfffffff0, firstRollout: 12, stream: 3 },
};
const policies = specs.filter(([, spec]) => spec.output === 'logits');

/** Log-probabilities of the next token in float64, and the logits they come from. */
function nextToken({ model, sequences }: Opened, row: number, t: number, temperature = 1): Float64Array {
  const { spec } = sequences;
  const group = Math.floor(row / spec.groupSize);
  const prompt = sequences.prompts.subarray(group * spec.promptLength, group * spec.promptLength + sequences.promptLengths[group]!);
  const before = sequences.completions.subarray(row * spec.completionLength, row * spec.completionLength + t);
  const { outputs } = referenceTransformerForward(model.spec, referenceTransformer(model), [...prompt, ...before]);
  return referenceLogSoftmax(outputs.slice(-model.spec.vocabSize), temperature);
}

/** Samples, then evaluates and takes a gradient: all log-probabilities and entropies have to have the same bits. */
function expectTrainerBits({ model, sequences }: Opened, options: SampleOptions): void {
  for (const array of [sequences.logProbs, sequences.entropies]) array.fill(7);
  model.sample(sequences, options);
  const places = tokenPlaces(sequences, options);
  const bits = (): string => bitsOf(pick(sequences.logProbs, places)) + bitsOf(pick(sequences.entropies, places));
  const sampled = bits();
  const { numGroups, groupSize, temperature = 1 } = options;
  for (const array of [sequences.logProbs, sequences.entropies]) array.fill(7);
  model.evaluate(sequences, { numGroups, groupSize, temperature });
  expect(bits()).toBe(sampled);
  for (const array of [sequences.logProbs, sequences.entropies]) array.fill(7);
  model.gradient(sequences, { numGroups, groupSize, temperature, loss: 'score' });
  expect(bits()).toBe(sampled);
}

describe('sampling and training', () => {
  it.each(policies)('the same bits: %s', (_, spec) => {
    expectTrainerBits(openTransformer(spec, room, 1), draw);
  });

  it.each<[string, Partial<TransformerSpec>, Partial<SequencesSpec>, Partial<SampleOptions>]>([
    ['257 tokens', { vocabSize: 257 }, {}, {}],
    ['1000 tokens, tied', { vocabSize: 1000, tieWordEmbeddings: true }, {}, {}],
    ['temperature', {}, {}, { temperature: 0.7 }],
    ['top-k and top-p', { vocabSize: 300 }, {}, { topK: 20, topP: 0.8, temperature: 1.4 }],
    ['greedy', {}, {}, { greedy: true }],
    ['fewer groups and completions', {}, {}, { numGroups: 3, groupSize: 2, maxTokens: 5 }],
    ['one-token prompts', {}, { promptLength: 1 }, {}],
    ['one-token completions', {}, { completionLength: 1 }, { maxTokens: 1 }],
    ['more prompts and completions than rows of a chunk', {}, { numGroups: 60, groupSize: 5 }, { numGroups: 60, groupSize: 5 }],
    [
      'long',
      { maxPositionEmbeddings: 200 },
      { numGroups: 2, promptLength: 140, completionLength: 40 },
      { numGroups: 2, maxTokens: 40, endToken: -1 },
    ],
    [
      'a prompt of 1,024 tokens and two completions of 1,100',
      { maxPositionEmbeddings: 2304, numKeyValueHeads: 1 },
      { numGroups: 1, groupSize: 2, promptLength: 1024, completionLength: 1100 },
      { numGroups: 1, groupSize: 2, maxTokens: 1100, endToken: -1 },
    ],
  ])('the same bits: %s', (_, spec, shape, options) => {
    expectTrainerBits(openTransformer({ ...smallSpec, numAttentionHeads: 4, ...spec }, { ...room, ...shape }, 2), { ...draw, ...options });
  });

  it.each(policies)('a completion goes on from a prompt that holds its beginning, with its bits: %s', (_, spec) => {
    // Prompts of up to 6 tokens and completions of 9 fill the context; so do a beginning and the rest.
    const opened = openTransformer({ ...spec, maxPositionEmbeddings: 14 }, room, 5);
    const { kernels, model, sequences } = opened;
    const longer = createSequences(kernels, { ...room, numGroups: 20, groupSize: 1, promptLength: 14, patches: spec.patches });
    const greedy = { ...draw, greedy: true, endToken: -1 };
    model.sample(sequences, greedy);
    const whole = { tokens: sequences.completions.slice(), logProbs: sequences.logProbs.slice() };
    for (const begun of [1, 4, 8]) {
      for (let row = 0; row < 20; row++) {
        const group = Math.floor(row / 4);
        const length = sequences.promptLengths[group]!;
        longer.prompts.set(sequences.prompts.subarray(group * 6, group * 6 + length), row * 14);
        const numbers = sequences.patches.length / 5;
        longer.patches.set(sequences.patches.subarray(group * numbers, (group + 1) * numbers), row * numbers);
        longer.prompts.set(whole.tokens.subarray(row * 9, row * 9 + begun), row * 14 + length);
        longer.promptLengths[row] = length + begun;
      }
      model.sample(longer, { ...greedy, numGroups: 20, groupSize: 1, maxTokens: 9 - begun });
      for (let row = 0; row < 20; row++) {
        for (const [name, array] of [
          ['tokens', longer.completions],
          ['logProbs', longer.logProbs],
        ] as const) {
          expect(bitsOf(array.slice(row * 9, row * 9 + 9 - begun)), name).toBe(bitsOf(whole[name].slice(row * 9 + begun, row * 9 + 9)));
        }
      }
    }
    longer.promptLengths[3] = 14;
    expect(() => model.sample(longer, { ...greedy, numGroups: 20, groupSize: 1, maxTokens: 2 })).toThrow(
      'maxPositionEmbeddings: expected room for prompts of 14 and completions of 2 tokens, got 14',
    );
    expect(() => model.evaluate(longer, { numGroups: 3, groupSize: 1 })).toThrow('room for prompts of 14 and completions of 9 tokens');
  });

  it('completions end with the end token or at the most tokens; the rest of the row is left alone', () => {
    const { model, sequences } = openTransformer(smallSpec, { ...room, groupSize: 40 }, 3);
    sequences.completions.fill(-5);
    const options = { ...draw, groupSize: 40, maxTokens: 7, endToken: 4 };
    model.sample(sequences, options);
    const lengths = [...sequences.completionLengths];
    for (let row = 0; row < 200; row++) {
      const tokens = [...sequences.completions.slice(row * 9, row * 9 + 9)];
      const length = lengths[row]!;
      expect(tokens.slice(0, length - 1).every((token) => token >= 0 && token < 11 && token !== 4)).toBe(true);
      expect(length === 7 || tokens[length - 1] === 4).toBe(true);
      expect(tokens.slice(length).every((token) => token === -5)).toBe(true);
    }
    expect(new Set(lengths).size).toBe(7);
  });
});

describe('the draw', () => {
  it.each([1, 0.6])('is the inverse cumulative distribution of the documented Philox word, temperature %f', (temperature) => {
    const opened = openTransformer({ ...smallSpec, vocabSize: 40 }, room, 4);
    const { model, sequences } = opened;
    const options = { ...draw, temperature, endToken: -1 };
    model.sample(sequences, options);
    const philox = new Philox(key);
    let differences = 0;
    for (let row = 0; row < 20; row++) {
      for (let t = 0; t < 9; t++) {
        const uniform = philox.uniform(options.stream, options.iteration, t, options.firstRollout + row);
        if (referenceDraw(nextToken(opened, row, t, temperature), uniform) !== sequences.completions[row * 9 + t]) differences++;
      }
    }
    // A uniform within a rounding error of a border may fall on either side.
    expect(differences).toBeLessThanOrEqual(1);
  });

  it('belongs to the rollout alone: other batches, the same completions', () => {
    const { kernels, model, sequences } = openTransformer(smallSpec, room, 5);
    model.sample(sequences, draw);
    const alone = createSequences(kernels, { ...room, numGroups: 1, groupSize: 2 });
    for (let group = 0; group < 5; group++) {
      for (const first of [0, 2]) {
        alone.prompts.set(sequences.prompts.subarray(group * 6, group * 6 + 6));
        alone.promptLengths[0] = sequences.promptLengths[group]!;
        model.sample(alone, { ...draw, numGroups: 1, groupSize: 2, firstRollout: draw.firstRollout + group * 4 + first });
        for (const member of [0, 1]) {
          const row = group * 4 + first + member;
          const length = sequences.completionLengths[row]!;
          expect(alone.completionLengths[member]).toBe(length);
          expect(bitsOf(alone.completions.slice(member * 9, member * 9 + length))).toBe(
            bitsOf(sequences.completions.slice(row * 9, row * 9 + length)),
          );
          expect(bitsOf(alone.logProbs.slice(member * 9, member * 9 + length))).toBe(
            bitsOf(sequences.logProbs.slice(row * 9, row * 9 + length)),
          );
        }
      }
    }
  });

  it('changes with the key, the iteration and the stream', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 6);
    const seen = new Set<string>();
    for (const change of [{}, { key: [1, 2] }, { iteration: 7 }, { stream: 4 }, { firstRollout: 13 }]) {
      model.sample(sequences, { ...draw, endToken: -1, ...change });
      seen.add(sequences.completions.join(' '));
    }
    expect(seen.size).toBe(5);
  });
});

describe('greedy, top-k, top-p', () => {
  it('greedy takes the likeliest token, the lowest id on ties', () => {
    const opened = openTransformer(smallSpec, room, 7);
    const { model, sequences } = opened;
    model.sample(sequences, { ...draw, greedy: true, endToken: -1 });
    for (let row = 0; row < 20; row++) {
      for (let t = 0; t < 9; t++) {
        const logProbs = [...nextToken(opened, row, t)];
        expect(sequences.completions[row * 9 + t]).toBe(logProbs.indexOf(Math.max(...logProbs)));
      }
    }
    const head = model.parameters.tensor('lm_head.weight')!;
    const twins = head.get();
    for (let token = 0; token < 11; token++) twins.copyWithin(token * 16, (token % 3) * 16, (token % 3) * 16 + 16);
    head.set('values', twins);
    model.sample(sequences, { ...draw, greedy: true, endToken: -1 });
    expect(Math.max(...sequences.completions)).toBeLessThan(3);
  });

  it.each<[string, Partial<SampleOptions>]>([
    ['top-k 1', { topK: 1 }],
    ['a tiny top-p', { topP: 1e-6 }],
    ['a low temperature', { temperature: 1e-4 }],
  ])('%s is greedy', (_, options) => {
    const { model, sequences } = openTransformer({ ...smallSpec, vocabSize: 300 }, room, 8);
    const sample = (more: Partial<SampleOptions>): string => {
      model.sample(sequences, { ...draw, endToken: -1, ...more });
      return sequences.completions.join(' ');
    };
    expect(sample(options)).toBe(sample({ greedy: true }));
  });

  it('top-k of all tokens and top-p 1 change nothing', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 9);
    const sample = (more: Partial<SampleOptions>): string => {
      model.sample(sequences, { ...draw, endToken: -1, ...more });
      return sequences.completions.join(' ');
    };
    expect(sample({ topK: 11 })).toBe(sample({}));
    expect(sample({ topK: 1000, topP: 1 })).toBe(sample({}));
  });

  /** The 1 - 1e-4 quantiles of chi-square with 1 .. 10 degrees of freedom (tables). */
  const critical = [15.14, 18.42, 21.11, 23.51, 25.74, 27.86, 29.88, 31.83, 33.72, 35.56];

  it.each<[string, Partial<SampleOptions>, (sorted: number[]) => number]>([
    ['all tokens', {}, () => 11],
    ['temperature 2', { temperature: 2 }, () => 11],
    ['top-k 4', { topK: 4 }, () => 4],
    ['top-p 0.8', { topP: 0.8 }, (sorted) => 1 + sorted.findIndex((_, k) => sorted.slice(0, k + 1).reduce((a, b) => a + b, 0) >= 0.8)],
    ['top-k 5 at temperature 1.5', { topK: 5, temperature: 1.5 }, () => 5],
  ])('frequencies are the probabilities: %s', (_, change, keptOf) => {
    const count = 8000;
    const opened = openTransformer(smallSpec, { numGroups: 1, groupSize: count, promptLength: 3, completionLength: 1 }, 10);
    const { model, sequences } = opened;
    model.sample(sequences, { ...draw, numGroups: 1, groupSize: count, maxTokens: 1, ...change });
    const probabilities = nextToken(opened, 0, 0, change.temperature).map((l) => Math.exp(l));
    const order = Array.from(probabilities.keys()).sort((a, b) => probabilities[b]! - probabilities[a]!);
    const kept = order.slice(0, keptOf(order.map((token) => probabilities[token]!)));
    const mass = kept.reduce((sum, token) => sum + probabilities[token]!, 0);
    let statistic = 0;
    let drawn = 0;
    for (const token of kept) {
      const expected = (count * probabilities[token]!) / mass;
      const observed = sequences.completions.filter((one) => one === token).length;
      expect(expected, 'large enough for the test').toBeGreaterThan(5);
      statistic += (observed - expected) ** 2 / expected;
      drawn += observed;
    }
    expect(drawn).toBe(count);
    expect(kept.length).toBeGreaterThan(1);
    expect(statistic).toBeLessThan(critical[kept.length - 2]!);
  });

  /** The logits of the only draw of a batch become these: every row of the head is a multiple of one direction. */
  function withLogits({ model, sequences }: Opened, logits: readonly number[]): void {
    const head = model.parameters.tensor('lm_head.weight')!;
    const { hiddenSize, vocabSize } = model.spec;
    const direction = Float32Array.from({ length: hiddenSize }, (_, i) => 1 + i / 8);
    head.set('values', new Float32Array(vocabSize * hiddenSize).fill(0));
    const values = head.get();
    values.set(direction);
    head.set('values', values);
    const prompt = sequences.prompts.subarray(0, sequences.promptLengths[0]!);
    const { outputs } = referenceTransformerForward(model.spec, referenceTransformer(model), [...prompt]);
    const unit = outputs[outputs.length - vocabSize]!;
    logits.forEach((logit, token) => {
      values.set(
        direction.map((part) => (part * logit) / unit),
        token * hiddenSize,
      );
    });
    head.set('values', values);
  }

  // q = exp(-0.15 / 1.3) from token to token. Half of what the ten likeliest have: 1 - q^4 = 0.370 > 0.342; half of everything would take six.
  const slope = Array.from({ length: 50 }, (_, token) => 1 - 0.15 * token);
  it.each<[string, readonly number[], Partial<SampleOptions>, readonly number[]]>([
    ['top-p of what top-k keeps, as transformers', slope, { temperature: 1.3, topK: 10, topP: 0.5 }, [0, 1, 2, 3]],
    ['top-k alone', slope, { temperature: 1.3, topK: 10 }, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['top-p alone', slope, { temperature: 1.3, topP: 0.5 }, [0, 1, 2, 3, 4, 5]],
    ['top-k of all tokens and top-p', slope, { temperature: 1.3, topK: 50, topP: 0.5 }, [0, 1, 2, 3, 4, 5]],
    ['top-k 1 and top-p', slope, { topK: 1, topP: 0.9 }, [0]],
    ['top-k and a tiny top-p', slope, { topK: 10, topP: 1e-6 }, [0]],
    ['0.4, 0.3, 0.2, 0.1', [0.1, 0.2, 0.3, 0.4].map(Math.log), { topK: 2, topP: 0.5 }, [3]],
    ['0.4, 0.3, 0.2, 0.1, more', [0.1, 0.2, 0.3, 0.4].map(Math.log), { topK: 2, topP: 0.6 }, [2, 3]],
    ['ties at the border of top-k: exactly k, lower ids first', [2, 1, 1, 1, 1], { topK: 2 }, [0, 1]],
    ['ties at the border of top-p: as few as do', [1, 1, 2, 1, 1], { topP: 0.5 }, [0, 2]],
  ])('tokens that can be drawn: %s', (_, logits, change, expected) => {
    const count = 4000;
    const vocabSize = logits.length;
    const opened = openTransformer(
      { ...smallSpec, vocabSize },
      { numGroups: 1, groupSize: count, promptLength: 3, completionLength: 1 },
      13,
    );
    withLogits(opened, logits);
    const { model, sequences } = opened;
    model.sample(sequences, { ...draw, numGroups: 1, groupSize: count, maxTokens: 1, ...change });
    expect([...new Set(sequences.completions)].sort((a, b) => a - b)).toEqual(expected);
    expect(referenceKept(Float64Array.from(logits), change).sort((a, b) => a - b)).toEqual(expected);
  });

  it('refuses what cannot be drawn', () => {
    const { model, sequences } = openTransformer(smallSpec, room, 11);
    expect(() => model.sample(sequences, { ...draw, maxTokens: 10 })).toThrow('maxTokens: expected a whole number from 1 to 9');
    expect(() => model.sample(sequences, { ...draw, topK: -1 })).toThrow('topK: expected');
    expect(() => model.sample(sequences, { ...draw, topP: 0 })).toThrow('topP: expected');
    const critic = openTransformer({ ...smallSpec, name: 'critic', output: 'value' }, room, 12);
    expect(() => critic.model.sample(critic.sequences, draw)).toThrow('transformer critic: expected a model with logits');
  });
});
