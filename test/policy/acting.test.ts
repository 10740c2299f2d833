/**
 * Acting on many observations, a part at a time.
 */
import { expect, it } from 'vitest';
import type { Actor } from '../../src/core/actor.ts';
import { box, discrete, flatSize, type Space } from '../../src/core/space.ts';
import { layOutKernels } from '../../src/kernels/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { createGenerator, learnerKey } from '../../src/random/index.ts';

const cases: [string, Space, Space][] = [
  ['box, discrete', box(-9, 9, [3]), discrete(4)],
  ['box, box', box(-9, 9, [3]), box(-1, 1, [2])],
  ['discrete, discrete', discrete(7, 2), discrete(4)],
];

it.each(cases)(
  'any number of observations gives the actions of all at once, and takes no memory: %s',
  async (_, observationSpace, actionSpace) => {
    const spec = { observationSpace, actionSpace, hiddenSizes: [16], activation: 'tanh', critic: false } as const;
    const policy = (await layOutKernels((kernels) => new Policy(spec, kernels, learnerKey(3)))).initialize();
    const generator = createGenerator(11);
    const before = policy.kernels.bytesUsed;
    for (const count of [1, 127, 128, 129, 500]) {
      const indices = observationSpace.kind === 'discrete';
      const observations = Float32Array.from({ length: count * (indices ? 1 : 3) }, () =>
        indices ? 2 + generator.integers(0, 7) : generator.uniform(-2, 2),
      );
      const actions = actionSpace.kind === 'discrete' ? new Int32Array(count) : new Float32Array(count * flatSize(actionSpace));
      const key = { iteration: 4, step: count, stream: 'evaluation', greedy: false, firstEnv: 9 } as const;
      policy.decide(observations, count, actions, key);
      expect(policy.kernels.bytesUsed).toBe(before);
      const whole = (await layOutKernels((kernels) => new Policy(spec, kernels, learnerKey(3)))).initialize();
      const scratch = whole.scratch(count);
      whole.encodeObservations(observations, count, scratch.inputs);
      whole.sample(scratch, count, key);
      expect(Array.from(actions)).toEqual(Array.from(scratch.actions.subarray(0, actions.length)));
    }
  },
);

it('whose random numbers rows are drawn with goes along with the parts, and the collector hands it over', async () => {
  const spec = {
    observationSpace: box(-9, 9, [3]),
    actionSpace: box(-1, 1, [2]),
    hiddenSizes: [16],
    activation: 'tanh',
    critic: false,
  } as const;
  const count = 300;
  const { policy, noiseRows } = await layOutKernels((kernels) => {
    const policy = new Policy(spec, kernels, learnerKey(3));
    policy.scratch(count);
    return { policy, noiseRows: kernels.int32(count) };
  });
  policy.initialize();
  noiseRows.forEach((_, n) => {
    noiseRows[n] = n % 2 === 0 ? count - n : ~(count - n + 1);
  });
  const observations = new Float32Array(count * 3).fill(0.5);
  const actions = new Float32Array(count * 2);
  const key = { iteration: 4, step: 8, stream: 'actions', greedy: false, noiseRows } as const;
  const scratch = policy.scratch(count);
  policy.encodeObservations(observations, count, scratch.inputs);
  policy.sample(scratch, count, key);
  const drawn = scratch.actions.slice();
  policy.decide(observations, count, actions, key);
  expect(actions).toEqual(drawn.subarray(0, count * 2));
  const { inputs, logProbs } = scratch;
  const drawnBy = (actor: Actor, ...rest: [] | [undefined, Int32Array]): typeof drawn => {
    policy.encodeObservations(observations, count, inputs);
    actor.act(inputs, count, scratch.actions, logProbs, 8, ...rest);
    return scratch.actions.slice();
  };
  expect(drawnBy(policy.actorFor(4, noiseRows))).toEqual(drawn);
  expect(drawnBy(policy.actorFor(4), undefined, noiseRows)).toEqual(drawn);
  expect(drawnBy(policy.actorFor(4))).not.toEqual(drawn);
});
