import { afterEach, describe, expect, it } from 'vitest';
import { samplePrompts } from '../../../src/lm/algorithm/sampler.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import { encodePrompt } from '../../../src/lm/model/rollouts.ts';
import { createVocabulary } from '../../../src/lm/model/tokenizer.ts';
import { promptText, type Tokenizer } from '../../../src/lm/tasks/prompt.ts';
import type { ModelSource, WarmStartProgress } from '../../../src/lm/training/source.ts';
import { imitation, openPolicy } from '../../../src/lm/training/warmStart.ts';
import type { WarmStartCache } from '../../../src/lm/training/warmStartCache.ts';
import { parameterTensors } from '../../../src/run/checkpoint.ts';
import { hashParameters } from '../../../src/run/sha256.ts';
import { lastLetter, smallState } from '../smallState.ts';

const open: LanguageState[] = [];
afterEach(() => {
  for (const { kernels } of open.splice(0)) kernels.close();
});

async function make(...of: Parameters<typeof smallState>): ReturnType<typeof smallState> {
  const made = await smallState(...of);
  open.push(made.state);
  return made;
}

/** A cache in memory. */
function memoryCache(): WarmStartCache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    read: async (hash) => kept.get(hash),
    write: async (hash, bytes) => {
      kept.set(hash, bytes);
    },
  };
}

const warm = { warmStartAccuracy: 0.5, warmStartBatchSize: 16, warmStartMaxSteps: 500 } as const;
const parametersOf = ({ policy }: LanguageState): string => hashParameters(parameterTensors(policy.parameters));

describe('warmStart', () => {
  it('ends at the first measurement that reaches the accuracy', async () => {
    const told: WarmStartProgress[] = [];
    const { state, context } = await make(warm, { onWarmStart: (progress) => void told.push(progress) });
    const report = await openPolicy(state, context);
    expect(report).toMatchObject({ cached: false, steps: told.at(-1)!.step });
    expect(report.sampledAccuracy).toBeGreaterThanOrEqual(0.5);
    expect(told.slice(0, -1).every(({ accuracy }) => accuracy < 0.5)).toBe(true);
    expect(report.steps % 10).toBe(0);
  });

  it('leaves the random weights alone where the accuracy asked for is 0, and the moments at 0', async () => {
    const { state, context } = await make({ warmStartAccuracy: 0 });
    expect(await openPolicy(state, context)).toMatchObject({ steps: 0, hash: '' });
    const { state: warmed, context: other } = await make(warm);
    await openPolicy(warmed, other);
    expect(parametersOf(warmed)).not.toBe(parametersOf(state));
    expect(warmed.policy.parameters.firstMoments.every((moment) => moment === 0)).toBe(true);
    expect(warmed.optimizerSteps).toBe(0);
  });

  it('is shared by seeds and methods of one warm-start seed, with the same bits', async () => {
    const cache = memoryCache();
    const first = await make({ ...warm, seed: 1, warmStartSeed: 7 }, { cache });
    const trained = await openPolicy(first.state, first.context);
    const second = await make({ ...warm, seed: 2, warmStartSeed: 7, estimator: 'grpo', learningRate: 1, optimizer: 'sgd' }, { cache });
    const read = await openPolicy(second.state, second.context);
    expect(read).toEqual({ ...trained, cached: true });
    expect(parametersOf(second.state)).toBe(parametersOf(first.state));
    expect(cache.kept.size).toBe(1);
  });

  it('is thrown away, with the reason, where what was kept is damaged', async () => {
    const cache = memoryCache();
    const first = await make(warm, { cache });
    const { hash } = await openPolicy(first.state, first.context);
    const bytes = cache.kept.get(hash)!;
    bytes[bytes.length - 5]! ^= 1;
    const second = await make(warm, { cache });
    const report = await openPolicy(second.state, second.context);
    expect(report).toMatchObject({ cached: false, hash });
    expect(report.discarded).toMatch(/cached warm start/);
    expect(parametersOf(second.state)).toBe(parametersOf(first.state));
  });

  it('keeps nothing when it is interrupted', async () => {
    const cache = memoryCache();
    const { state, context } = await make(warm, { cache, signal: AbortSignal.abort() });
    expect(await openPolicy(state, context)).toMatchObject({ interrupted: true, steps: 0 });
    expect(cache.kept.size).toBe(0);
  });
});

describe('the fingerprint of a warm start', () => {
  const hashOf = async (...of: Parameters<typeof smallState>): Promise<string> => imitation.fingerprint((await make(...of)).state);

  it('names everything that decides a warm start, and nothing else', async () => {
    const hash = await hashOf(warm);
    for (const same of [{ seed: 1 }, { learningRate: 1 }, { numGroups: 4 }, { estimator: 'ppo' }, { temperature: 2 }]) {
      expect(await hashOf({ ...warm, ...same })).toBe(hash);
    }
    const others = [
      { seed: 2 },
      { warmStartSeed: 2 },
      { warmStartAccuracy: 0.4 },
      { warmStartLearningRate: 1e-3 },
      { warmStartBatchSize: 8 },
      { ropeTheta: 10 },
      { numHiddenLayers: 2 },
    ];
    for (const other of others) expect(await hashOf({ ...warm, ...other }), JSON.stringify(other)).not.toBe(hash);
  });

  it('tells tasks apart by what they ask and by what they reward', async () => {
    const hash = await hashOf(warm);
    const { prompts } = lastLetter;
    const stricter = {
      ...lastLetter,
      prompts: (random: Parameters<typeof prompts>[0]) => ({ ...prompts(random), reward: () => ({ right: 0, tidy: 0 }) }),
    };
    expect(await hashOf(warm, { task: stricter })).not.toBe(hash);
    expect(await hashOf(warm, { task: { ...lastLetter, completionLength: 4 } })).not.toBe(hash);
  });
});

describe('another source of weights', () => {
  it('takes the place of the warm start, and reinforcement learning begins from it', async () => {
    const constant: ModelSource = {
      fingerprint: async () => '',
      async open({ policy }) {
        policy.parameters.values.fill(0.5);
        policy.parameters.firstMoments.fill(1);
        return { steps: 0, sampledAccuracy: 0, greedyAccuracy: 0, cached: false, hash: '' };
      },
    };
    const { state, context } = await make({ ...warm, klCoef: 0.1 }, { source: constant });
    expect(await openPolicy(state, context)).toMatchObject({ steps: 0, hash: '' });
    expect(state.policy.parameters.values.every((value) => value === 0.5)).toBe(true);
    expect(state.reference!.parameters!.values).toEqual(state.policy.parameters.values);
    expect(state.policy.parameters.firstMoments.every((moment) => moment === 0)).toBe(true);
  });
});

describe('a tokenizer in place of an alphabet', () => {
  const { alphabet, ...rest } = lastLetter;
  const characters = createVocabulary(alphabet!);

  it('gives the bits of the alphabet if it gives the same ids', async () => {
    const [own, usual] = [await make(warm, { task: { ...rest, tokenizer: { ...characters } } }), await make(warm)];
    await openPolicy(own.state, own.context);
    await openPolicy(usual.state, usual.context);
    expect(parametersOf(own.state)).toBe(parametersOf(usual.state));
  });

  it('decides size, end token and ids: pairs of letters are half as many tokens', async () => {
    const pairs = [...'abcd'].flatMap((first) => [...'abcd='].map((second) => first + second));
    const tokenizer: Tokenizer = {
      size: pairs.length + 6,
      endToken: pairs.length,
      encode: (parts) =>
        (promptText(parts).match(/../g) ?? [promptText(parts)]).map((pair) =>
          pair.length === 2 ? pairs.indexOf(pair) : pairs.length + 1 + 'abcd='.indexOf(pair),
        ),
      decode: (ids) => Array.from(ids, (id) => (id < pairs.length ? pairs[id] : ('abcd='[id - pairs.length - 1] ?? ''))).join(''),
    };
    const task = { ...rest, promptLength: 2, completionLength: 2, tokenizer };
    const { state, context } = await make({ ...warm, warmStartMaxSteps: 2000 }, { task });
    expect(state.policy.spec.vocabSize).toBe(26);
    expect((await openPolicy(state, context)).sampledAccuracy).toBeGreaterThanOrEqual(0.5);
    const completions = samplePrompts(state, [encodePrompt({ prompt: ['ab', 'c='] }, state.tokenizer, 2)]);
    expect(state.batch.spec.promptLength).toBe(2);
    expect(completions[0]![0]!.text).toMatch(/^[abcd=]{0,4}$/);
  });
});
