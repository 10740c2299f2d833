import { describe, expect, it } from 'vitest';
import { discrete } from '../../src/core/space.ts';
import { Grid } from '../../src/envs/toy-text/grid.ts';
import { type Outcome, tabular } from '../../src/envs/toy-text/tabular.ts';
import type { Generator } from '../../src/random/index.ts';

/** A generator that gives these numbers, and then none. */
function told(...numbers: readonly number[]): Generator {
  const left = [...numbers];
  return { random: () => left.shift()! } as Generator;
}

const to = (probability: number, next: number, reward = 0, terminated = false): Outcome => ({ probability, next, reward, terminated });

/** Two states: action 0 stays in the first or leads to the second, action 1 changes nothing in the first, and ends in the second. */
const task = {
  name: 'Toy',
  states: 2,
  actionSpace: discrete(2),
  isStart: (state: number) => state === 0,
  outcomes(state: number, action: number): readonly Outcome[] {
    if (action === 0) return [to(0.25, 1, 3), to(0.5, state, -1), to(0.2, 1, 7)];
    return [state === 0 ? to(1, 0) : to(1, 0, 5, true)];
  },
  isMasked: true,
  scene: (state: number) => ({ kind: 'toy', state }),
};

/** What a step from state 0 leads to where the generator draws `draw`. */
function firstStep(action: number, draw: number) {
  const dynamics = tabular(task)(1);
  const out = { observations: new Float32Array(1), rewards: new Float64Array(1), terminated: new Uint8Array(1) };
  dynamics.start(0, told(0), out.observations);
  dynamics.advance([action], [told(draw)], out);
  const [next, reward, ended] = [out.observations[0], out.rewards[0], out.terminated[0]];
  return { next, reward, ended, prob: dynamics.stepInfo!().prob, masks: Array.from(dynamics.actionMasks!) };
}

describe('a task that is a table', () => {
  it('takes the first outcome whose summed probability is above the draw', () => {
    const [first, second, third] = [
      { next: 1, reward: 3, ended: 0, prob: 0.25, masks: [0, 1] },
      { next: 0, reward: -1, ended: 0, prob: 0.5, masks: [1, 0] },
      { next: 1, reward: 7, ended: 0, prob: 0.2, masks: [0, 1] },
    ];
    expect([0, 0.2499999].map((draw) => firstStep(0, draw))).toEqual([first, first]);
    expect([0.25, 0.7499999].map((draw) => firstStep(0, draw))).toEqual([second, second]);
    expect([0.75, 0.9499999].map((draw) => firstStep(0, draw))).toEqual([third, third]);
    // Above all sums: NumPy's argmax of nothing but false is 0.
    expect(firstStep(0, 0.95)).toEqual(first);
  });

  it('draws once too where only one thing can happen, and fewer outcomes than others have are no more', () => {
    expect(firstStep(1, 0.99)).toEqual({ next: 0, reward: 0, ended: 0, prob: 1, masks: [1, 0] });
    const dynamics = tabular(task)(2);
    const out = { observations: new Float32Array(2), rewards: new Float64Array(2), terminated: new Uint8Array(2) };
    for (const i of [0, 1]) dynamics.start(i, told(0.3), out.observations);
    dynamics.advance([0, 1], [told(0), told(0)], out);
    dynamics.advance([1, 0], [told(0.5), told(0.6)], out);
    expect(Array.from(out.rewards)).toEqual([5, -1]);
    expect(Array.from(out.terminated)).toEqual([1, 0]);
  });

  it('has the masks of the states that it is put into', () => {
    const dynamics = tabular(task)(2);
    (dynamics.rows().states as Int32Array).set([1, 0]);
    dynamics.restore!(dynamics.rows());
    expect(Array.from(dynamics.actionMasks!)).toEqual([0, 1, 1, 0]);
    expect(dynamics.scene(0)).toEqual({ kind: 'toy', state: 1 });
  });
});

describe('a grid', () => {
  const moves = ['left', 'down', 'right', 'up'] as const;

  it('leads nowhere at its edges and at walls', () => {
    const grid = new Grid(2, 2, 'one-hot', [0]);
    // A wall between 0 and 1.
    expect(Array.from(grid.ways(moves))).toEqual([0, 2, 0, 0, 1, 3, 1, 1, 2, 2, 3, 0, 2, 3, 3, 1]);
  });

  it('turns moves by a quarter before and after, in this order', () => {
    const outcomes = new Grid(2, 2).outcomes(moves, 0.5, 0.25, (next) => ({ next, reward: 10 * next, terminated: next === 3 }));
    // From cell 0 to the right: down, right, up.
    expect(outcomes(0, 2)).toEqual([to(0.25, 2, 20), to(0.5, 1, 10), to(0.25, 0)]);
    expect(outcomes(1, 0)).toEqual([to(0.25, 1, 10), to(0.5, 0), to(0.25, 3, 30, true)]);
    const straight = new Grid(2, 2).outcomes(moves, 1, 0, (next) => ({ next, reward: 0, terminated: false }));
    expect(straight(0, 2)).toEqual([to(1, 1)]);
  });
});
