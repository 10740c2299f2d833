/** Frozen blocks: nothing moves them, and nothing of the others' gradients changes. */
import { describe, expect, it } from 'vitest';
import { adapterTargets, type TransformerOptions, type TransformerSpec } from '../../src/kernels/transformer/index.ts';
import { bitsOf } from './helpers.ts';
import { openTransformer, smallSpec } from './transformerHelpers.ts';

const room = { numGroups: 3, groupSize: 3, promptLength: 5, completionLength: 6 };
const range = { numGroups: 3, groupSize: 3 };
const deep: TransformerSpec = { ...smallSpec, numHiddenLayers: 3 };

const cases: readonly (readonly [string, TransformerSpec])[] = [
  ['a model', deep],
  ['norms of queries and keys, bias', { ...deep, numAttentionHeads: 4, attentionBias: true, queryKeyNorm: true }],
  ['a value head', { ...deep, name: 'critic', output: 'value' }],
  ['pictures', { ...deep, patches: { count: 3, inputs: 12 } }],
];

const isFrozen = (name: string, frozenLayers: number): boolean => {
  if (/^model\.(embed_tokens|patch_)/.test(name)) return true;
  const layer = /^model\.layers\.(\d+)/.exec(name)?.[1];
  return layer !== undefined && Number(layer) < frozenLayers;
};

function open(spec: TransformerSpec, options?: TransformerOptions) {
  const opened = openTransformer(spec, { ...room, patches: spec.patches }, 920, undefined, options);
  const loss = spec.output === 'value' ? ('value' as const) : ('score' as const);
  const gradient = (frozenLayers: number): void => opened.model.gradient(opened.sequences, { ...range, loss, frozenLayers });
  const bits = (block: 'values' | 'gradients' | 'firstMoments' | 'secondMoments' = 'gradients') =>
    new Map(opened.model.parameters.tensors().map((tensor) => [tensor.name, bitsOf(tensor.get(block))]));
  const zero = (name: string): string => bitsOf(new Float32Array(opened.model.parameters.tensor(name)!.get().length));
  return { ...opened, gradient, bits, zero };
}

describe.each(cases)('%s', (_, spec) => {
  it.each([1, 2])('%i frozen blocks have no gradient, the others the bits that they have without', (frozenLayers) => {
    const { gradient, bits, zero } = open(spec);
    gradient(0);
    const whole = bits();
    gradient(frozenLayers);
    for (const [name, got] of bits()) expect(got, name).toBe(isFrozen(name, frozenLayers) ? zero(name) : whole.get(name));
    const again = open(spec, { keptBytes: 0 });
    again.gradient(frozenLayers);
    expect(again.bits()).toEqual(bits());
    gradient(0);
    expect(bits()).toEqual(whole);
  });

  it('steps of AdamW and with momentum leave them bit for bit, and their moments 0', () => {
    for (const optimizer of ['adamw', 'sgd'] as const) {
      const { kernels, model, gradient, bits, zero } = open(spec);
      const before = bits('values');
      for (let step = 1; step <= 3; step++) {
        gradient(2);
        const { parameters } = model;
        if (optimizer === 'sgd') kernels.sgdStep({ parameters, learningRate: 0.1, momentum: 0.9, maxGradNorm: 1 });
        else kernels.adamStep({ parameters, learningRate: 0.01, epsilon: 1e-8, step, weightDecay: 0.1, maxGradNorm: 1, frozenLayers: 2 });
      }
      for (const [name, after] of bits('values')) expect(after === before.get(name), name).toBe(isFrozen(name, 2));
      for (const block of ['firstMoments', 'secondMoments'] as const) {
        for (const [name, moments] of bits(block)) if (isFrozen(name, 2)) expect(moments, name).toBe(zero(name));
      }
    }
  });
});

describe.each(cases)('%s, blocks that are never trained', (_, spec) => {
  it.each([1, 2])(
    '%i: have room for values alone; the others have the bits of gradients and steps that they have without',
    (frozenLayers) => {
      const [whole, part] = [open(spec), open({ ...spec, frozenLayers })];
      const { values, gradients, firstMoments, secondMoments, untrained } = part.model.parameters;
      expect(untrained).toBeGreaterThan(0);
      for (const block of [gradients, firstMoments, secondMoments]) expect(block.length).toBe(values.length - untrained);
      for (let step = 1; step <= 3; step++) {
        whole.gradient(frozenLayers);
        part.gradient(step === 3 ? frozenLayers : 0);
        expect(part.bits()).toEqual(whole.bits());
        for (const { kernels, model } of [whole, part]) {
          const adam = { learningRate: 0.01, epsilon: 1e-8, step, weightDecay: 0.1, maxGradNorm: 1, frozenLayers };
          kernels.adamStep({ parameters: model.parameters, ...adam });
          kernels.sgdStep({ parameters: model.parameters, learningRate: 0.1, momentum: 0.9 });
        }
        for (const block of ['values', 'firstMoments', 'secondMoments'] as const) expect(part.bits(block)).toEqual(whole.bits(block));
      }
      part.gradient(2);
      whole.gradient(2);
      expect(part.bits()).toEqual(whole.bits());
    },
  );
});

describe('adapters', () => {
  const adapter = { rank: 4, alpha: 8, targets: adapterTargets };

  it('are in the blocks that are trained alone, with the gradients that they have beside others that say nothing', () => {
    const [all, some] = [open({ ...deep, adapter }), open({ ...deep, adapter: { ...adapter, frozenLayers: 2 } })];
    const names = some.model.parameters.tensors().map(({ name }) => name);
    expect(names).toHaveLength(2 * adapterTargets.length);
    expect(names.every((name) => name.startsWith('model.layers.2.'))).toBe(true);
    for (const tensor of all.model.parameters.tensors()) {
      const same = some.model.parameters.tensor(tensor.name);
      tensor.set('values', same?.get() ?? new Float32Array(tensor.get().length));
    }
    for (const tensor of all.model.base!.tensors()) some.model.base!.tensor(tensor.name)!.set('values', tensor.get());
    all.gradient(0);
    some.gradient(0);
    const expected = all.bits();
    for (const [name, got] of some.bits()) expect(got, name).toBe(expected.get(name));
    expect(bitsOf(some.sequences.logProbs)).toBe(bitsOf(all.sequences.logProbs));
    all.gradient(2);
    for (const [name, got] of all.bits()) expect(got, name).toBe(names.includes(name) ? expected.get(name) : all.zero(name));
  });
});

describe('is refused', () => {
  it.each([-1, 0.5, 3, Number.NaN])('for %f of 3 blocks', (frozenLayers) => {
    expect(() => open(deep).gradient(frozenLayers)).toThrow('frozenLayers: expected a whole number from 0, below the 3 blocks');
    const adapter = { rank: 4, alpha: 8, targets: adapterTargets, frozenLayers };
    expect(() => open({ ...deep, adapter })).toThrow('adapter: expected frozenLayers from 0, below the 3 blocks');
  });

  it.each([-1, 0.5, 3, Number.NaN])('for %f of 3 blocks that are never trained', (frozenLayers) => {
    expect(() => open({ ...deep, frozenLayers })).toThrow('frozenLayers from 0, below the 3 blocks');
  });

  it('never trained beside an adapter, and where the head is the embedding', () => {
    const adapter = { rank: 4, alpha: 8, targets: adapterTargets };
    for (const spec of [
      { ...deep, adapter },
      { ...deep, tieWordEmbeddings: true },
    ]) {
      expect(() => open({ ...spec, frozenLayers: 1 })).toThrow('frozenLayers: 0 beside an adapter, and where the head is the embedding');
    }
    open({ ...deep, tieWordEmbeddings: true, output: 'value', frozenLayers: 1 }).gradient(0);
  });

  it('where the head is the embedding, unless that is never trained', () => {
    const tied = { ...deep, tieWordEmbeddings: true };
    expect(() => open(tied).gradient(1)).toThrow('frozenLayers: expected 0 where the head is the embedding');
    open({ ...tied, adapter: { rank: 4, alpha: 8, targets: adapterTargets } }).gradient(1);
    open({ ...tied, output: 'value' }).gradient(1);
  });
});
