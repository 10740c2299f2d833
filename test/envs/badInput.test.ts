/** What every built-in environment refuses, in the house form: what was expected, what was got, what to do. */

import { describe, expect, it } from 'vitest';
import type { Action } from '../../src/core/env.ts';
import { CohortError } from '../../src/core/errors.ts';
import type { BoxSpace, DiscreteSpace } from '../../src/core/space.ts';
import { makeEnv, makeVectorEnv, standardRegistry } from '../../src/envs/index.ts';

const specs = standardRegistry().list();

/** Runs `attempt`, which must refuse with all three parts filled in. */
async function refusal(attempt: () => unknown): Promise<CohortError> {
  let error: unknown;
  try {
    await attempt();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(CohortError);
  const { subject, expected, got, advice } = (error as CohortError).parts;
  for (const part of [subject, expected, got, advice]) expect(part).toBeTruthy();
  return error as CohortError;
}

describe.each(specs)('$id', ({ id, actionSpace: anySpace }) => {
  const actionSpace = anySpace as BoxSpace | DiscreteSpace;
  const size = actionSpace.kind === 'box' ? actionSpace.size : 0;
  const good: Action = actionSpace.kind === 'box' ? new Float32Array(size) : actionSpace.start;
  const bad: readonly [string, unknown][] =
    actionSpace.kind === 'box'
      ? [
          ['NaN', new Float32Array(size).fill(Number.NaN)],
          ['infinite', new Float32Array(size).fill(Number.POSITIVE_INFINITY)],
          ['one number too many', new Float32Array(size + 1)],
          ['nothing in it', new Float32Array(0)],
          ['a number alone', 0],
          ['text', 'left'],
          ['undefined', undefined],
        ]
      : [
          ['NaN', Number.NaN],
          ['beyond the last', actionSpace.start + actionSpace.n],
          ['before the first', actionSpace.start - 1],
          ['between two', 0.5],
          ['a vector', new Float32Array(2)],
          ['text', 'left'],
          ['undefined', undefined],
        ];

  it.each(bad)('step refuses an action that is %s, and the episode goes on', async (_, action) => {
    const env = await makeEnv(id);
    env.reset({ seed: 1 });
    await refusal(() => env.step(action as Action));
    expect(Number.isFinite(env.step(good).reward)).toBe(true);
    env.close?.();
  });

  it('step refuses before the first reset and after the end', async () => {
    // One step: a hand of Blackjack has no more.
    const env = await makeEnv(id, { maxEpisodeSteps: 1 });
    await refusal(() => env.step(good));
    env.reset({ seed: 1 });
    expect(env.step(good).truncated).toBe(true);
    await refusal(() => env.step(good));
    env.reset();
    env.step(good);
    env.close?.();
  });

  it.each([[-1], [0.5], ['seven'], [Number.NaN], [[]], [[-1]]])('reset refuses the seed %j', async (seed) => {
    const env = await makeEnv(id);
    await refusal(() => env.reset({ seed: seed as number }));
    env.close?.();
  });

  it('make refuses unknown options and options of the wrong kind, and names them', async () => {
    expect((await refusal(() => makeEnv(id, { gravitas: 1 }))).message).toContain('gravitas');
    expect((await refusal(() => makeEnv(id, { maxEpisodeSteps: 0 }))).message).toContain('maxEpisodeSteps');
    expect((await refusal(() => makeEnv(id, { maxEpisodeSteps: 'many' }))).message).toContain('maxEpisodeSteps');
  });

  it('a vector refuses bad sizes, seeds, actions and states', async () => {
    for (const numEnvs of [0, -1, 1.5, Number.NaN]) await refusal(() => makeVectorEnv(id, numEnvs));
    const env = await makeVectorEnv(id, 2);
    const width = Math.max(1, size);
    const Actions = actionSpace.kind === 'box' ? Float32Array : Int32Array;
    await refusal(() => env.step(new Actions(2 * width)));
    await refusal(() => env.reset([1]));
    await refusal(() => env.reset([1, -2]));
    env.reset([1, 2]);
    await refusal(() => env.step(new Actions(width)));
    await refusal(() =>
      env.step(actionSpace.kind === 'box' ? new Float32Array(2 * width).fill(Number.NaN) : new Int32Array(2).fill(actionSpace.n)),
    );
    await refusal(() => env.setState({}));
    env.step(new Actions(2 * width));
    expect(env.observations.every((value) => Number.isFinite(value))).toBe(true);
    env.close();
  });
});
