/**
 * What the clipped objective's gradient is, for both kinds of actions.
 */
import { describe, expect, it } from 'vitest';
import { box, discrete } from '../../src/core/space.ts';
import { createKernels } from '../../src/kernels/index.ts';
import { Policy } from '../../src/policy/policy.ts';
import { createGenerator, learnerKey } from '../../src/random/index.ts';

const rows = 40;
const inputSize = 3;
const heads = ['categorical', 'gaussian'] as const;
type Tensors = Record<string, Float64Array>;

/** A small policy with weights that are not small, and a batch that it has acted on itself. */
function setUp(head: (typeof heads)[number]) {
  const kernels = createKernels({ arithmetic: 'plain', threads: 1, bytes: 8 * 2 ** 20 });
  const observationSpace = box(-9, 9, [inputSize]);
  const actionSpace = head === 'categorical' ? discrete(3) : box(-1, 1, [2]);
  const policy = new Policy(
    { observationSpace, actionSpace, hiddenSizes: [6, 5], activation: 'tanh', critic: false },
    kernels,
    learnerKey(3),
  );
  const generator = createGenerator(11);
  for (const { shape, set } of policy.parameters.tensors()) {
    const length = shape.reduce((product, size) => product * size, 1);
    set(
      'values',
      Float32Array.from({ length }, () => generator.uniform(-0.8, 0.8)),
    );
  }
  const scratch = policy.scratch(rows);
  for (let i = 0; i < rows * inputSize; i++) scratch.inputs[i] = generator.uniform(-2, 2);
  policy.sample(scratch, rows, { iteration: 1, step: 0, stream: 'actions', greedy: false });
  const advantages = kernels.float32(rows);
  for (let i = 0; i < rows; i++) advantages[i] = generator.standardNormal();
  const oldLogProbs = kernels.float32(rows);
  oldLogProbs.set(scratch.logProbs.subarray(0, rows));
  const observations = scratch.inputs.subarray(0, rows * inputSize);
  const { actions } = scratch;
  const minibatch = kernels.createMinibatch({
    policy: { network: policy.actor, head, observations, actions, logProbs: oldLogProbs, advantages },
  });
  const run = (first: number, count: number) =>
    minibatch.run({ indices: null, first, count, advantageMean: 0, advantageScale: 1, clipCoef: 0.2, entropyCoef: 0 });
  const read = (block: 'values' | 'gradients'): Tensors =>
    Object.fromEntries(policy.parameters.tensors().map(({ name, get }) => [name, Float64Array.from(get(block))]));
  return { head, observations, actions, advantages, oldLogProbs, run, read };
}

/** log pi(a | s) of one row, in float64, written from the definition. */
function logProb(head: string, tensors: Tensors, input: ArrayLike<number>, action: ArrayLike<number>): number {
  let layer = Array.from(input);
  for (let l = 0; l < 3; l++) {
    const weight = tensors[`actor.${l}.weight`]!;
    const bias = tensors[`actor.${l}.bias`]!;
    const next = Array.from(bias, (b, o) => layer.reduce((sum, x, i) => sum + weight[o * layer.length + i]! * x, b));
    layer = l < 2 ? next.map(Math.tanh) : next;
  }
  if (head === 'categorical') return layer[action[0]!]! - Math.log(layer.reduce((sum, z) => sum + Math.exp(z), 0));
  const logStd = tensors.logStd!;
  return layer.reduce((sum, mean, k) => {
    const z = (action[k]! - mean) / Math.exp(logStd[k]!);
    return sum - 0.5 * z * z - logStd[k]! - 0.5 * Math.log(2 * Math.PI);
  }, 0);
}

/** Gradient of the mean over rows of weight times log-probability, by central differences. */
function scoreGradient(
  { head, observations, actions, read }: ReturnType<typeof setUp>,
  weights: ArrayLike<number>,
  first: number,
  count: number,
): Tensors {
  const tensors = read('values');
  const width = head === 'categorical' ? 1 : 2;
  const objective = (): number => {
    let sum = 0;
    for (let i = first; i < first + count; i++) {
      const input = observations.subarray(i * inputSize, (i + 1) * inputSize);
      sum += weights[i]! * logProb(head, tensors, input, actions.subarray(i * width, (i + 1) * width));
    }
    return sum / count;
  };
  const step = 1e-5;
  return Object.fromEntries(
    Object.entries(tensors).map(([name, values]) => [
      name,
      values.map((_, i) => {
        const kept = values[i]!;
        values[i] = kept + step;
        const above = objective();
        values[i] = kept - step;
        const below = objective();
        values[i] = kept;
        return (above - below) / (2 * step);
      }),
    ]),
  );
}

/** Norm of a - b over norm of b, over all tensors. */
function relativeDifference(a: Tensors, b: Tensors): number {
  let [difference, norm] = [0, 0];
  for (const [name, values] of Object.entries(b)) {
    for (const [i, value] of values.entries()) {
      difference += (a[name]![i]! - value) ** 2;
      norm += value ** 2;
    }
  }
  return Math.sqrt(difference / norm);
}

const negative = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, values.map((v) => -v)]));
const norm = (tensors: Tensors): number => Math.hypot(...Object.values(tensors).flatMap((values) => Array.from(values)));

describe.each(heads)('the clipped objective, %s head', (head) => {
  it('at the parameters that acted, its gradient is the mean of A grad log pi (proposition 2 (i))', () => {
    const made = setUp(head);
    const { approxKl, oldApproxKl, clipFraction } = made.run(0, rows);
    // The log-probabilities have the same bits in acting and in the update: the ratio is exactly 1.
    expect({ approxKl, oldApproxKl, clipFraction }).toEqual({ approxKl: 0, oldApproxKl: 0, clipFraction: 0 });
    // The kernel minimises.
    expect(relativeDifference(negative(made.read('gradients')), scoreGradient(made, made.advantages, 0, rows))).toBeLessThan(1e-5);
  });

  it.each([
    ['ratio above 1 + eps, A > 0: clipped', 1.5, 1, true],
    ['ratio above 1 + eps, A < 0: not clipped', 1.5, -1, false],
    ['ratio below 1 - eps, A < 0: clipped', 0.5, -1, true],
    ['ratio below 1 - eps, A > 0: not clipped', 0.5, 1, false],
    ['ratio inside, A > 0: not clipped', 1.1, 1, false],
    ['ratio inside, A < 0: not clipped', 0.9, -1, false],
  ])('U16: %s', (_title, ratio, advantage, clipped) => {
    const made = setUp(head);
    made.advantages[5] = advantage;
    made.oldLogProbs[5]! -= Math.log(ratio);
    made.run(5, 1);
    const gradient = made.read('gradients');
    if (clipped) {
      expect(norm(gradient)).toBe(0);
      return;
    }
    const weights = new Float64Array(rows).fill(ratio * advantage);
    expect(relativeDifference(negative(gradient), scoreGradient(made, weights, 5, 1))).toBeLessThan(1e-5);
  });
});
