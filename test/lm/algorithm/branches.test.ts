/** Branches of completions: where they are, that what they say of a prefix is true, and what VinePPO makes of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchPoints, playBranches } from '../../../src/lm/algorithm/branches.ts';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import { samplePrompts } from '../../../src/lm/algorithm/sampler.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import type { SamplingRequest } from '../../../src/lm/backends/backend.ts';
import { encodePrompt, type RolloutGroup, type SampledTokens } from '../../../src/lm/model/rollouts.ts';
import { drawProblem } from '../../../src/lm/tasks/problems.ts';
import { scoreCompletions } from '../../../src/lm/tasks/rewards.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { learnerStreams } from '../../../src/random/index.ts';
import { farthest } from '../../advantage/completions/helpers.ts';
import { openedState, policyHash } from '../smallState.ts';

const times = () => ({ sample: 0, reward: 0 });

/** Groups of completions as an iteration draws them. */
async function groupsOf(state: LanguageState, numGroups: number, numSamples: number): Promise<RolloutGroup[]> {
  const { task, tokenizer, scoring } = state;
  const problems = Array.from({ length: numGroups }, (_, k) => drawProblem(task, [3, k], 'train'));
  const prompts = problems.map((problem) => encodePrompt(problem, tokenizer, task.promptLength));
  const sampled = samplePrompts(state, prompts, { numSamples, stream: 'completions', iteration: 1 });
  const items = problems.flatMap((problem, g) => sampled[g]!.map(({ text: completion, ended }) => ({ problem, completion, ended })));
  const scores = await scoreCompletions(items, task, scoring);
  return problems.map((problem, g) => ({
    problem,
    prompt: prompts[g]!,
    rollouts: sampled[g]!.map((one, j) => ({ ...one, score: scores[g * numSamples + j]! })),
  }));
}

/** Every continuation of a prefix with its probability: the return's mean and variance, from the logits alone. */
function exactReturn(state: LanguageState, { problem, prompt }: RolloutGroup, prefix: readonly number[], gamma: number) {
  const { policy, tokenizer, config, task } = state;
  const { temperature, maxTokens } = config;
  let [mean, squares] = [0, 0];
  const visit = (tokens: readonly number[], probability: number): void => {
    const hasEnded = tokens.at(-1) === tokenizer.endToken;
    if (tokens.length > prefix.length && (hasEnded || tokens.length === maxTokens)) {
      const said = tokenizer.decode(Int32Array.from(hasEnded ? tokens.slice(0, -1) : tokens));
      const components = problem.reward(said, hasEnded) as Record<string, number>;
      const total = Object.entries(components).reduce((sum, [name, value]) => sum + value * (task.weights?.[name] ?? 1), 0);
      const value = gamma ** (tokens.length - prefix.length - 1) * total;
      mean += probability * value;
      squares += probability * value * value;
      return;
    }
    const all = policy.logits([...prompt.tokens, ...tokens]);
    const last = Array.from(all.subarray(-tokenizer.size), (logit) => Math.exp(logit / temperature));
    const sum = last.reduce((a, b) => a + b, 0);
    for (const [token, weight] of last.entries()) visit([...tokens, token], (probability * weight) / sum);
  };
  visit(prefix, 1);
  return { mean, variance: Math.max(0, squares - mean * mean) };
}

/** A request for completions, and what was sampled. */
interface Asked {
  readonly prompts: readonly (readonly number[])[];
  readonly request: SamplingRequest;
  readonly sampled: readonly (readonly SampledTokens[])[];
}

/** The state with a record of what it samples. */
function recorded(state: LanguageState): { readonly state: LanguageState; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  const { sampling } = state;
  const sample: typeof sampling.sample = async (prompts, request, following) => {
    const sampled = await sampling.sample(prompts, request, following);
    asked.push({ prompts: prompts.map(({ tokens }) => tokens), request, sampled: sampled! });
    return sampled;
  };
  // Copies of the counters: one iteration of a recorded state is its own.
  return { state: { ...state, sampling: { sample } }, asked };
}

const branching = { estimator: 'vineppo', branchInterval: 1, numGroups: 4, groupSize: 4 } as const;

describe('branch points', () => {
  const decode = (tokens: Int32Array): string => Array.from(tokens, (token) => 'ab\n.'[token]).join('');

  it('the examples of the doc comment', () => {
    expect(branchPoints(new Int32Array(7), decode, { interval: 3, after: [] })).toEqual([0, 3, 6]);
    expect(branchPoints(Int32Array.of(0, 2, 1, 1), decode, { after: ['\n'] })).toEqual([0, 2]);
  });

  it('both: after a text, or where there is none for so long; never at the end', () => {
    const tokens = Int32Array.from([...'aa\nabab\n.\n'], (letter) => 'ab\n.'.indexOf(letter));
    expect(branchPoints(tokens, decode, { after: ['\n'] })).toEqual([0, 3, 8]);
    expect(branchPoints(tokens, decode, { after: ['\n', '.'] })).toEqual([0, 3, 8, 9]);
    expect(branchPoints(tokens, decode, { interval: 3, after: ['\n'] })).toEqual([0, 3, 6, 8]);
    expect(branchPoints(tokens, decode, { interval: 100, after: ['x'] })).toEqual([0]);
    expect(branchPoints(tokens, decode, { interval: 5, after: [] })).toEqual([0, 5]);
  });

  it('begin at the prompt, ascend, and are where each stretch first holds one of the texts', () => {
    const drawn = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        drawn,
        fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
        fc.subarray(['\n', 'ab', '..']),
        (all, interval, after) => {
          const tokens = Int32Array.from(all);
          const points = branchPoints(tokens, decode, { interval, after });
          expect(points[0]).toBe(0);
          const ends = [...points.slice(1), tokens.length];
          points.forEach((begin, i) => {
            const end = ends[i]!;
            expect(end).toBeGreaterThan(begin);
            const holds = (stop: number): boolean => after.some((text) => decode(tokens.subarray(begin, stop)).includes(text));
            expect(holds(end - 1)).toBe(false);
            if (end < tokens.length) expect(holds(end) || end - begin === interval).toBe(true);
            if (interval !== undefined) expect(end - begin).toBeLessThanOrEqual(interval);
          });
        },
      ),
    );
  });
});

describe('what a prefix is worth', () => {
  it.each([
    ['as it comes', {}],
    ['discounted, another temperature', { gamma: 0.6, temperature: 1.5 }],
    ['cut at two tokens, discounted', { maxTokens: 2, gamma: 0.5 }],
    ['with longer stretches', { branchInterval: 2, gamma: 0.9 }],
  ] as const)('%s: lies about the truth, by its standard error', async (_, fields) => {
    const state = await openedState({ ...branching, ...fields, branches: 400, warmStartAccuracy: 0.3 });
    const { gamma } = state.config;
    const groups = await groupsOf(state, 4, 4);
    const { values, valueError, failed } = await playBranches(state, groups, 1, times());
    expect(failed).toBe(0);
    const { completionLength, groupSize } = state.batch.spec;
    const scores: number[] = [];
    const seen = new Set<string>();
    let errors = 0;
    for (const [g, group] of groups.entries()) {
      for (const [j, { tokens }] of group.rollouts.entries()) {
        for (let t = 0; t < completionLength; t++) {
          const value = values[(g * groupSize + j) * completionLength + t]!;
          const isPoint = t < tokens.length && t % state.config.branchInterval! === 0;
          expect(Number.isNaN(value)).toBe(!isPoint);
          if (!isPoint) continue;
          const prefix = [...tokens.subarray(0, t)];
          if (seen.has(`${g}:${prefix}`)) continue;
          seen.add(`${g}:${prefix}`);
          const { mean, variance } = exactReturn(state, group, prefix, gamma);
          const error = Math.sqrt(variance / 400);
          errors += error;
          scores.push(error === 0 ? 0 : (value - mean) / error);
        }
      }
    }
    expect(scores.length).toBeGreaterThan(4);
    // Standard scores: none beyond 4, and their mean square near 1 (its standard deviation is root 2 over n).
    expect(Math.max(...scores.map(Math.abs))).toBeLessThan(4);
    const square = scores.reduce((sum, score) => sum + score * score, 0) / scores.length;
    expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / scores.length));
    expect(valueError! / (errors / scores.length)).toBeCloseTo(1, 1);
  });

  it('is asked once for completions that begin alike, on draws of their own', async () => {
    const { state, asked } = recorded(await openedState({ ...branching, branches: 3, numGroups: 5, groupSize: 6 }));
    const groups = await groupsOf(state, 5, 6);
    const before = policyHash(state);
    const { rollouts, tokens } = await playBranches(state, groups, 1, times());
    expect(policyHash(state)).toBe(before);
    const prefixes = groups.map(
      ({ rollouts: own }) => new Set(own.flatMap((one) => Array.from(one.tokens, (_, t) => one.tokens.subarray(0, t).join()))).size,
    );
    expect(rollouts).toBe(3 * prefixes.reduce((a, b) => a + b, 0));
    expect(asked.flatMap(({ sampled }) => sampled.flat()).length).toBe(rollouts);
    expect(asked.flatMap(({ sampled }) => sampled.flat()).reduce((sum, one) => sum + one.tokens.length, 0)).toBe(tokens);
    // One request for every length of a prefix, with what is left of a completion; numbers of draws one behind the other.
    let next = 0;
    asked.forEach(({ prompts, request }, length) => {
      expect(request).toMatchObject({
        stream: learnerStreams.branches,
        iteration: 1,
        firstRollout: next,
        numSamples: 3,
        maxTokens: 3 - length,
      });
      for (const prompt of prompts) expect(prompt.length).toBe(4 + length);
      next += prompts.length * 3;
    });
    expect(next).toBe(rollouts);
    // From the prompts they do not say again what the completions said, whose draws have the same numbers.
    const whole = samplePrompts(
      state,
      groups.map(({ prompt }) => prompt),
      { numSamples: 3, stream: 'completions', iteration: 1 },
    );
    const own = asked[0]!.sampled.flat().map((one) => one.tokens.join());
    expect(own).not.toEqual(whole.flat().map((one) => one.tokens.join()));
  });

  it('the same whatever number of branches the batch holds, and the same twice', async () => {
    const valuesOf = async (fields: object): Promise<Float64Array> => {
      const state = await openedState({ ...branching, branches: 5, warmStartBatchSize: 4, ...fields });
      const groups = await groupsOf(state, 4, 4);
      return (await playBranches(state, groups, 1, times())).values;
    };
    const [four, eight] = [await valuesOf({}), await valuesOf({ numGroups: 8 })];
    expect(eight).toEqual(four);
    expect(await valuesOf({})).toEqual(four);
    expect(await valuesOf({ seed: 2, warmStartSeed: 1 })).not.toEqual(four);
  });

  it('with one branch is its reward; there is no error to be told', async () => {
    const state = await openedState({ ...branching, branches: 1 });
    const { values, valueError } = await playBranches(state, await groupsOf(state, 4, 4), 1, times());
    for (const value of values) if (!Number.isNaN(value)) expect([0, 0.5, 1, 1.5]).toContain(value);
    expect(valueError).toBeUndefined();
  });
});

describe('VinePPO', () => {
  it('learns from its formula, written a second time', async () => {
    const fields = { ...branching, branches: 4, branchInterval: 2, gamma: 0.8, completions: 'all' } as const;
    const { state, asked } = recorded(await openedState(fields));
    const { groups, metrics } = await iterate(state);
    const drawn = asked.filter(({ request }) => request.stream === learnerStreams.completions);
    const branches = asked.filter(({ request }) => request.stream === learnerStreams.branches);
    expect([drawn.length, branches.length]).toEqual([1, 2]);
    const rewardOf = (prompt: readonly number[], tokens: readonly number[]): number => {
      const hasEnded = tokens.at(-1) === 0;
      const said = state.tokenizer.decode(Int32Array.from(hasEnded ? tokens.slice(0, -1) : tokens));
      const right = state.tokenizer.decode(Int32Array.from(prompt))[2];
      return (said[0] === right ? 1 : 0) + (hasEnded && said.length === 1 ? 0.5 : 0);
    };
    /** By prompt and prefix. */
    const worth = new Map<string, number>();
    for (const { prompts, sampled } of branches) {
      prompts.forEach((tokens, p) => {
        const [prompt, prefix] = [tokens.slice(0, 4), tokens.slice(4)];
        const returns = sampled[p]!.map((one) => 0.8 ** (one.tokens.length - 1) * rewardOf(prompt, [...prefix, ...one.tokens]));
        worth.set(tokens.join(), returns.reduce((sum, value) => sum + value, 0) / 4);
      });
    }
    const completions = drawn[0]!.prompts.flatMap((prompt, p) =>
      drawn[0]!.sampled[p]!.map(({ tokens }) => ({ prompt, tokens: [...tokens] })),
    );
    const raw = completions.map(({ prompt, tokens }) =>
      tokens.map((_, t) => {
        const begin = 2 * Math.floor(t / 2);
        const end = Math.min(begin + 2, tokens.length);
        const value = (stop: number): number => worth.get([...prompt, ...tokens.slice(0, stop)].join())!;
        const after = end === tokens.length ? 0.8 ** (end - begin - 1) * rewardOf(prompt, tokens) : 0.8 ** (end - begin) * value(end);
        return after - value(begin);
      }),
    );
    const all = raw.flat();
    const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
    const variance = all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (all.length - 1);
    expect(variance).toBeGreaterThan(0.01);
    const expected = raw.map((own) => own.map((one) => (one - mean) / Math.sqrt(variance + 1e-8)));
    groups!()
      .flat()
      .forEach(({ advantage }, i) => {
        const own = expected[i]!;
        expect(Math.abs(advantage! - own.reduce((sum, one) => sum + one, 0) / own.length)).toBeLessThan(1e-9);
      });
    // In the batch the groups whose rewards differ stand first.
    const rewards = completions.map(({ prompt, tokens }) => rewardOf(prompt, tokens));
    const differ = [0, 1, 2, 3].map((g) => new Set(rewards.slice(4 * g, 4 * g + 4)).size > 1);
    const order = [...[0, 1, 2, 3].filter((g) => differ[g]), ...[0, 1, 2, 3].filter((g) => !differ[g])];
    const written = order
      .flatMap((g) => expected.slice(4 * g, 4 * g + 4))
      .flatMap((own) => [0, 1, 2].map((t) => (own[t] ?? 0) / all.length));
    expect(state.batch.advantageWeights.length).toBe(written.length);
    expect(farthest(Float64Array.from(state.batch.advantageWeights), written)).toBeLessThan(1e-8);
    const sampledTokens = asked.flatMap(({ sampled }) => sampled.flat()).reduce((sum, one) => sum + one.tokens.length, 0);
    expect(state).toMatchObject({ iteration: 1, tokens: sampledTokens, rollouts: asked.flatMap(({ sampled }) => sampled.flat()).length });
    expect(metrics).toMatchObject({ 'branches/tokens': sampledTokens - all.length, 'completions/length': all.length / completions.length });
    expect(metrics['branches/completions']).toBe(state.rollouts - completions.length);
  });

  it('with advantageScale 1 its advantages are as they are', async () => {
    const means = async (fields: object): Promise<number[]> => {
      const state = await openedState({ ...branching, branches: 4, completions: 'all', ...fields });
      return (await iterate(state)).groups!()
        .flat()
        .map(({ advantage }) => advantage!);
    };
    const [plain, whitened] = [await means({ advantageScale: '1' }), await means({})];
    const ratios = plain.map((one, i) => (one - plain[0]!) / (whitened[i]! - whitened[0]!)).filter(Number.isFinite);
    // Of whitened ones the difference is divided by one number for all.
    for (const ratio of ratios) expect(ratio).toBeCloseTo(ratios[0]!, 9);
    expect(Math.abs(ratios[0]! - 1)).toBeGreaterThan(0.01);
  });

  it('samples the completions that it would without branches', async () => {
    const said = async (fields: object): Promise<unknown> => {
      const state = await openedState({ numGroups: 4, groupSize: 4, completions: 'all', ...fields });
      return (await iterate(state)).groups!()
        .flat()
        .map(({ completion, logProb, total }) => ({ completion, logProb, total }));
    };
    expect(await said({ estimator: 'vineppo', branches: 2 })).toEqual(await said({ estimator: 'grpo' }));
  });

  it('learns where the rewards of a group are all alike: its baseline is not the group', async () => {
    const state = await openedState({ estimator: 'vineppo', branches: 8, branchInterval: 1, numGroups: 4, groupSize: 1 });
    const before = policyHash(state);
    const { metrics } = await iterate(state);
    expect(metrics['group/valid_frac']).toBe(0);
    expect(metrics['losses/gradient_norm']).toBeGreaterThan(0);
    expect(policyHash(state)).not.toBe(before);
  });
});

describe('rewards of branches that fail', () => {
  /** `b` is right; what holds a `c` has no reward, and nothing has one that begins with `a` and goes on from a prompt of two `c`. */
  const letters = (fails: (prompt: string, completion: string) => boolean): LanguageTask => ({
    id: 'letters',
    description: 'b is right',
    alphabet: 'abc',
    promptLength: 2,
    completionLength: 3,
    prompts(random) {
      const prompt = 'abc'[random.integers(0, 3)]! + 'abc'[random.integers(0, 3)]!;
      return { prompt, reward: (completion) => (fails(prompt, completion) ? Number.NaN : completion.includes('b') ? 1 : 0) };
    },
  });

  it('are counted and left out of the mean', async () => {
    const task = letters((_, completion) => completion.includes('c'));
    const state = await openedState({ ...branching, branches: 30, numGroups: 6 }, { task });
    const groups = await groupsOf(state, 6, 4);
    const { values, failed, rollouts, groups: kept } = await playBranches(state, groups, 1, times());
    expect(kept).toEqual(groups);
    expect(failed).toBeGreaterThan(rollouts / 10);
    for (const value of values) if (!Number.isNaN(value)) expect(value).toBeLessThanOrEqual(1);
    const { metrics } = await iterate(await openedState({ ...branching, branches: 30, numGroups: 6 }, { task }));
    expect(metrics['reward/failed']).toBeGreaterThan(0.1);
    for (const [name, value] of Object.entries(metrics)) expect(Number.isFinite(value), name).toBe(true);
  });

  it('leave a prompt out of which none has one', async () => {
    // The first rewards are those of the completions.
    let asked = 0;
    const task = letters((prompt) => ++asked > 24 && prompt.startsWith('c'));
    const state = await openedState({ ...branching, branches: 3, numGroups: 6 }, { task });
    const groups = await groupsOf(state, 6, 4);
    expect(asked).toBe(24);
    const known = groups.filter(({ problem }) => !String(problem.prompt).startsWith('c'));
    expect([0, 6]).not.toContain(known.length);
    const played = await playBranches(state, groups, 1, times());
    expect(played.groups).toEqual(known);
    expect(played.values).toHaveLength(known.length * 4 * 3);
    for (let row = 0; row < known.length * 4; row++) expect(played.values[row * 3]).not.toBeNaN();
    asked = 0;
    const { metrics } = await iterate(await openedState({ ...branching, branches: 3, numGroups: 6 }, { task }));
    expect(metrics['losses/gradient_norm']).toBeGreaterThan(0);
  });

  it('end the run where no reward can be computed at all', async () => {
    let asked = 0;
    const task = letters(() => ++asked > 24);
    const state = await openedState({ ...branching, branches: 3, numGroups: 6 }, { task });
    await expect(iterate(state)).rejects.toThrow(/reward of branches: expected a finite number for at least one completion/);
    // An iteration that fails leaves the run as it was.
    expect(state).toMatchObject({ iteration: 0, rollouts: 0, tokens: 0, promptsDrawn: 0 });
  });
});
