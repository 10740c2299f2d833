import { describe, expect, it } from 'vitest';
import type { Action, Env } from '../../src/core/env.ts';
import { box } from '../../src/core/space.ts';
import { createKernelsAsync } from '../../src/kernels/index.ts';
import { Episode } from '../../src/play/episode.ts';
import { Policy } from '../../src/policy/policy.ts';
import { learnerKey } from '../../src/random/index.ts';

/** Shows the number 0.1 in float32, takes two numbers, and remembers what it was given. */
class Recorder implements Env {
  readonly observationSpace = box(-1, 1, [1]);
  readonly actionSpace;
  readonly taken: Action[] = [];
  readonly #limit: number;

  constructor(dtype: 'float32' | 'float64', limit: number) {
    this.actionSpace = box(-1, 0.5, [2], dtype);
    this.#limit = limit;
  }

  reset(): ReturnType<Env['reset']> {
    return { observation: Float64Array.of(0.1), info: {} };
  }

  step(action: Action): ReturnType<Env['step']> {
    this.taken.push(action);
    return { observation: Float64Array.of(0.1), reward: 2, terminated: this.taken.length >= this.#limit, truncated: false, info: {} };
  }
}

async function policyFor(env: Env): Promise<Policy> {
  const { observationSpace, actionSpace } = env;
  const spec = { observationSpace, actionSpace, hiddenSizes: [], activation: 'tanh', critic: false } as const;
  const policy = new Policy(spec, await createKernelsAsync({ bytes: 2 ** 24 }), learnerKey(1));
  policy.parameters
    .tensors()
    .find(({ name }) => name === 'actor.0.weight')!
    .set('values', Float32Array.of(2, 20));
  return policy;
}

describe('an episode', () => {
  it.each([
    ['float32', Float32Array],
    ['float64', Float64Array],
  ] as const)(
    'gives the environment %s numbers within its bounds, and reads the observation in the space’s own dtype',
    async (dtype, kind) => {
      const env = new Recorder(dtype, 2);
      const episode = new Episode(await policyFor(env), env);
      const { fround } = Math;
      // float32(0.1) times 2 and times 20, in float32.
      expect(episode.decision).toEqual({
        outputs: [fround(2 * fround(0.1)), fround(20 * fround(0.1))],
        taken: [fround(2 * fround(0.1)), 0.5],
      });
      const preview = episode.decision;
      episode.advance();
      expect(episode.decision).toEqual(preview);
      expect(episode.byHand).toBe(false);
      episode.advance([-3, 0.25]);
      expect(episode.decision).toEqual({ outputs: preview.outputs, taken: [-1, 0.25] });
      expect(env.taken).toEqual([kind.from(preview.taken), kind.of(-1, 0.25)]);
      expect(episode.byHand).toBe(true);
      expect(episode.moment).toEqual({ step: 2, reward: 2, return: 4, terminated: true, truncated: false });
      episode.advance();
      expect(env.taken).toHaveLength(2);
    },
  );

  it('is greedy by default, may be switched between steps, and draws by its index', async () => {
    const drawn = async (index: number): Promise<readonly number[]> => {
      const env = new Recorder('float32', 9);
      const episode = new Episode(await policyFor(env), env, { index });
      episode.greedy = false;
      episode.advance();
      return episode.decision.taken;
    };
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
  });

  it('is cut after maxSteps, at once if that is 0', async () => {
    const env = new Recorder('float32', 9);
    const policy = await policyFor(env);
    const episode = new Episode(policy, env, { maxSteps: 1 });
    expect(episode.isOver).toBe(false);
    episode.advance();
    expect(episode.moment).toMatchObject({ step: 1, terminated: false, truncated: true });
    expect(new Episode(policy, env, { maxSteps: 0 }).isOver).toBe(true);
  });
});
