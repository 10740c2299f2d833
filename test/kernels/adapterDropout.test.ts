/** The dropout of adapters: what it leaves, when it acts, and that its draws depend on nothing but what they are said to depend on. */
import { describe, expect, it } from 'vitest';
import { type ReferenceDraw, referenceDropout } from '../../src/kernels/reference/transformer.ts';
import { adapterTargets, type DropoutDraw, type TransformerOptions, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { learnerStreams, philox4x32 } from '../../src/random/index.ts';
import { bitsOf } from './helpers.ts';
import { gradientsOf, openTransformer, pick, smallSpec, tokenPlaces } from './transformerHelpers.ts';

const adapter = { rank: 4, alpha: 8, targets: adapterTargets };
const plain: TransformerSpec = { ...smallSpec, adapter };
const dropping: TransformerSpec = { ...smallSpec, adapter: { ...adapter, dropout: 0.25 } };
const room = { numGroups: 12, groupSize: 4, promptLength: 5, completionLength: 6 };
const range = { numGroups: 12, groupSize: 4 };
const draw: ReferenceDraw = { key: Uint32Array.of(11, 12), step: 1, stream: learnerStreams.dropout, words: philox4x32 };

const open = (spec: TransformerSpec, options?: TransformerOptions) => openTransformer(spec, room, 910, undefined, options);
const gradientBits = (spec: TransformerSpec, dropout?: DropoutDraw, options?: TransformerOptions): string => {
  const { model, sequences } = open(spec, options);
  model.gradient(sequences, { ...range, loss: 'score', dropout });
  return bitsOf(Float32Array.from(gradientsOf(model)));
};

describe('what is drawn', () => {
  const inputs = 4000;
  const of = (
    group: number,
    member: number,
    promptLength: number,
    options: Partial<ReferenceDraw> = {},
    name = 'model.layers.1.mlp.up_proj',
  ) => referenceDropout(dropping, room, group, member, promptLength, { ...draw, ...options })!(name, 8, inputs);

  it('is 0 with the probability that is given, else what keeps the mean', () => {
    const factors = of(2, 1, 3);
    expect([...new Set(factors)].sort()).toEqual([0, 4 / 3]);
    const mean = factors.reduce((sum, x) => sum + x, 0) / factors.length;
    // Standard deviation of the mean: sqrt(p / (1 - p) / n) = 0.0032.
    expect(Math.abs(mean - 1)).toBeLessThan(0.013);
  });

  it('is one for the prompt of a group, and another for every other row, layer, target and step', () => {
    const row = (factors: Float64Array, t: number): string => factors.subarray(t * inputs, (t + 1) * inputs).join();
    const [one, two] = [of(0, 0, 3), of(0, 1, 3)];
    for (let t = 0; t < 3; t++) expect(row(one, t)).toBe(row(two, t));
    const rows = [0, 1, 2, 3, 4, 5].map((t) => row(one, t));
    const others = [
      row(two, 3),
      row(of(1, 0, 3), 0),
      row(of(0, 0, 3, { step: 2 }), 0),
      row(of(0, 0, 3, { key: Uint32Array.of(11, 13) }), 0),
      row(of(0, 0, 3, {}, 'model.layers.0.mlp.up_proj'), 0),
      row(of(0, 0, 3, {}, 'model.layers.1.mlp.gate_proj'), 0),
    ];
    expect(new Set([...rows, ...others]).size).toBe(rows.length + others.length);
  });
});

describe('in the kernels', () => {
  it('acts in the gradient alone, and only where it is asked for', () => {
    const [without, adapted] = [open(plain), open(dropping)];
    for (const { model, sequences } of [without, adapted]) model.evaluate(sequences, range);
    expect(bitsOf(adapted.sequences.logProbs)).toBe(bitsOf(without.sequences.logProbs));
    const evaluated = bitsOf(adapted.sequences.logProbs);
    expect(gradientBits(dropping)).toBe(gradientBits(plain));
    expect(gradientBits(plain, draw)).toBe(gradientBits(plain));
    expect(gradientBits(dropping, draw)).not.toBe(gradientBits(plain));
    // What the loss sees has it; the next evaluation and the next draw of tokens have it not.
    adapted.model.gradient(adapted.sequences, { ...range, loss: 'score', dropout: draw });
    const dropped = bitsOf(adapted.sequences.logProbs);
    expect(dropped).not.toBe(evaluated);
    adapted.model.evaluate(adapted.sequences, { ...range, dropout: draw });
    expect(bitsOf(adapted.sequences.logProbs)).toBe(dropped);
    adapted.model.evaluate(adapted.sequences, range);
    expect(bitsOf(adapted.sequences.logProbs)).toBe(evaluated);
    adapted.model.withoutAdapter(() => adapted.model.evaluate(adapted.sequences, { ...range, dropout: draw }));
    const bare = bitsOf(adapted.sequences.logProbs);
    adapted.model.withoutAdapter(() => adapted.model.evaluate(adapted.sequences, range));
    expect(bitsOf(adapted.sequences.logProbs)).toBe(bare);
  });

  it('draws the same again, also where layers are computed again, and anew at every step', () => {
    const bits = gradientBits(dropping, draw);
    expect(gradientBits(dropping, draw)).toBe(bits);
    expect(gradientBits(dropping, draw, { keptBytes: 0 })).toBe(bits);
    expect(gradientBits(dropping, { ...draw, step: 2 })).not.toBe(bits);
  });

  it('draws the same for a row whatever else is computed with it', () => {
    const { model, sequences } = open(dropping);
    model.evaluate(sequences, { ...range, dropout: draw });
    const places = tokenPlaces(sequences, { numGroups: 2, groupSize: 4 });
    const among = bitsOf(pick(sequences.logProbs, places));
    sequences.logProbs.fill(0);
    model.evaluate(sequences, { numGroups: 2, groupSize: 4, dropout: draw });
    expect(bitsOf(pick(sequences.logProbs, places))).toBe(among);
  });

  it.each([-0.1, 1, Number.NaN])('refuses a share of %f', (dropout) => {
    expect(() => open({ ...smallSpec, adapter: { ...adapter, dropout } })).toThrow('adapter: expected a dropout from 0, below 1');
  });
});
