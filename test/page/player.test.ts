import { describe, expect, it } from 'vitest';
import type { BoxSpace } from '../../src/core/space.ts';
import { factsOf, type TaskFacts } from '../../src/envs/driving.ts';
import { ClipActionVectorEnv, environmentSeeds, makeEnv, makeVectorEnv, standardRegistry } from '../../src/envs/index.ts';
import { createKernelsAsync } from '../../src/kernels/index.ts';
import { Player, softmax } from '../../src/page/player.ts';
import { Session } from '../../src/page/session.ts';
import { Clock, speeds } from '../../src/play/clock.ts';
import { evaluate } from '../../src/play/evaluate.ts';
import { Policy } from '../../src/policy/policy.ts';
import { learnerKey } from '../../src/random/index.ts';
import { atOnce } from '../../src/run/breathe.ts';

/** The facts of an environment made without options. */
function factsOfId(id: string): TaskFacts {
  const spec = standardRegistry().get(id);
  return factsOf(spec, spec);
}

/** A policy that nobody trained, but whose weights are large enough that it does more than one thing. */
async function policyFor(id: string, seed = 3): Promise<Policy> {
  const { observationSpace, actionSpace } = standardRegistry().get(id);
  const kernels = await createKernelsAsync({ bytes: 16 * 2 ** 20 });
  const spec = { observationSpace, actionSpace, hiddenSizes: [16], activation: 'tanh', critic: false } as const;
  const policy = new Policy(spec, kernels, learnerKey(seed)).initialize();
  for (const { name, get, set } of policy.parameters.tensors()) {
    if (name === 'actor.1.weight')
      set(
        'values',
        get('values').map((value) => 60 * value),
      );
  }
  return policy;
}

const maxSteps = 120;

async function playerFor(id: string, policy: Policy): Promise<Player> {
  return new Player(await makeEnv(id), policy, maxSteps);
}

function playThrough(player: Player): void {
  while (!player.current.isOver) player.advance();
}

describe('the player of the watch page', () => {
  it.each(
    ['CartPole-v1', 'CliffWalking-v1', 'LunarLander-v3', 'LunarLanderContinuous-v3'].flatMap((id) => [
      [id, true] as const,
      [id, false] as const,
    ]),
  )('plays the episodes of an evaluation: %s, greedy %s', async (id, greedy) => {
    const policy = await policyFor(id);
    const player = await playerFor(id, policy);
    player.greedy = greedy;
    player.restart(7);
    playThrough(player);
    for (let k = 0; k < 2; k++) {
      player.nextEpisode();
      playThrough(player);
    }
    const env = await makeVectorEnv(id, 3);
    const clipped = env.actionSpace.kind === 'box' ? new ClipActionVectorEnv(env) : env;
    const seeds = environmentSeeds(7, 3, 'cohort', 'evaluation');
    const { result } = atOnce(evaluate(policy, clipped, { seeds, greedy, maxSteps }));
    expect(player.history.map(({ total }) => total)).toEqual(result.returns);
    expect(player.history.map(({ steps }) => steps)).toEqual(result.lengths);
    expect(player.history.map(({ episode }) => episode)).toEqual([1, 2, 3]);
  });

  it('does what a person says, marks the episode, and stops at its end', async () => {
    const player = await playerFor('CartPole-v1', await policyFor('CartPole-v1'));
    player.restart(1);
    while (!player.current.isOver) player.advance(0);
    const { moment, decision } = player.current;
    expect(moment.terminated).toBe(true);
    expect(moment.step).toBeLessThan(15);
    expect(decision.taken).toEqual([0]);
    expect(player.history).toEqual([
      {
        ...{ seed: 1, episode: 1, steps: moment.step, total: moment.step, byHand: true, policyName: '', greedy: true },
        stretches: [{ by: 'person', from: 0 }],
      },
    ]);
    player.advance(1);
    expect(player.current.moment).toBe(moment);
    expect(player.history).toHaveLength(1);
  });

  it('remembers who played from which step on', async () => {
    const player = await playerFor('CartPole-v1', await policyFor('CartPole-v1'));
    player.restart(1);
    for (let k = 0; k < 3; k++) player.advance();
    player.greedy = false;
    player.advance();
    while (!player.current.isOver) player.advance(1);
    expect(player.history[0]).toMatchObject({
      byHand: true,
      stretches: [
        { by: 'greedy', from: 0 },
        { by: 'sampled', from: 3 },
        { by: 'person', from: 4 },
      ],
    });
    // What was begun and not ended leaves nothing behind.
    player.nextEpisode();
    player.advance(1);
    player.nextEpisode();
    playThrough(player);
    expect(player.history[1]).toMatchObject({ byHand: false, stretches: [{ by: 'sampled', from: 0 }] });
  });

  it('shows before the first step what the policy would do', async () => {
    const policy = await policyFor('CartPole-v1');
    const player = await playerFor('CartPole-v1', policy);
    player.restart(1);
    const preview = player.current.decision;
    expect(preview.outputs).toHaveLength(2);
    expect(preview.outputs[preview.taken[0]!]).toBe(Math.max(...preview.outputs));
    player.advance();
    expect(player.current.decision).toEqual(preview);
  });

  it('reads a Gaussian policy: means, and actions within the box', async () => {
    const player = await playerFor('LunarLanderContinuous-v3', await policyFor('LunarLanderContinuous-v3'));
    player.greedy = false;
    player.restart(1);
    const taken: number[] = [];
    for (let k = 0; k < 40; k++) {
      player.advance();
      taken.push(...player.current.decision.taken);
    }
    expect(player.current.decision.outputs).toHaveLength(2);
    expect(Math.max(...taken)).toBe(1);
    expect(Math.min(...taken)).toBe(-1);
  });

  it('makes probabilities of logits, however large', () => {
    expect(softmax([1000, 1000])).toEqual([0.5, 0.5]);
    expect(softmax([0, Math.log(3)])[1]).toBeCloseTo(0.75, 12);
  });
});

describe('the clock of the watch page', () => {
  it('gives the steps of real time at every speed, without losing parts of one', () => {
    for (const speed of speeds) {
      const clock = new Clock(50);
      while (clock.speed < speed) clock.shift(1);
      while (clock.speed > speed) clock.shift(-1);
      let steps = 0;
      for (let frame = 0; frame < 600; frame++) steps += clock.tick(1000 / 60);
      expect(Math.abs(steps - 500 * speed)).toBeLessThanOrEqual(1);
    }
  });

  it('stops at both ends of the speeds, while paused, and for a moment after an episode', () => {
    const clock = new Clock(50);
    while (clock.shift(1));
    expect(clock.speed).toBe(16);
    while (clock.shift(-1));
    expect(clock.speed).toBe(0.1);
    clock.paused = true;
    expect(clock.tick(10_000)).toBe(0);
    clock.paused = false;
    clock.holdEnding();
    expect(clock.tick(500)).toBe(0);
    expect(clock.tick(500)).toBe(1);
    clock.holdEnding();
    clock.clear();
    expect(clock.tick(1000)).toBe(5);
  });
});

describe('a session of the watch page', () => {
  async function sessionFor(id: string): Promise<{ session: Session; said: string[]; scenes: () => number }> {
    const said: string[] = [];
    let count = 0;
    const facts = factsOfId(id);
    const session = new Session(
      { env: await makeEnv(id), policy: { policy: await policyFor(id), name: 'first' }, facts, maxSteps },
      { began: () => {}, stepped: (scene) => (count += scene ? 1 : 0), announce: (text) => said.push(text) },
    );
    session.restart(5);
    return { session, said, scenes: () => count };
  }

  it('plays, pauses, and steps only while paused', async () => {
    const { session, scenes } = await sessionFor('CartPole-v1');
    session.stepOnce();
    expect(session.player.current.moment.step).toBe(0);
    session.tick(100);
    expect(session.player.current.moment.step).toBe(5);
    session.togglePause();
    session.tick(1000);
    expect(session.player.current.moment.step).toBe(5);
    session.stepOnce();
    expect(session.player.current.moment.step).toBe(6);
    expect(scenes()).toBe(7);
  });

  it('goes to the next episode after an end, and to the same one with another policy', async () => {
    const { session } = await sessionFor('CartPole-v1');
    session.toggleDriving();
    session.hold(['left']);
    for (let k = 0; k < 200 && session.player.history.length === 0; k++) session.tick(20);
    expect(session.player.history[0]).toMatchObject({ episode: 1, byHand: true });
    session.tick(2000);
    expect(session.player.episode).toBe(2);
    expect(session.player.current).toMatchObject({ isOver: false, moment: { step: 0 } });
    session.toggleDriving();
    const other = await policyFor('CartPole-v1', 4);
    session.tick(100);
    session.choosePolicy({ policy: other, name: 'other' }, true);
    expect(session.player).toMatchObject({ episode: 2, seed: 5, policyName: 'other' });
    expect(session.player.current.moment.step).toBe(0);
    expect(session.player.current.policy).toBe(other);
    const third = await policyFor('CartPole-v1', 5);
    session.choosePolicy({ policy: third, name: 'third' }, false);
    expect(session.player.current.policy).toBe(other);
    session.next();
    expect(session.player).toMatchObject({ episode: 3, policyName: 'third' });
    expect(session.player.current.policy).toBe(third);
  });

  it('follows another with what a person chose there: speed, pause, kind of actions', async () => {
    const { session } = await sessionFor('CartPole-v1');
    session.shiftSpeed(1);
    session.togglePause();
    session.toggleGreedy();
    const id = 'CliffWalking-v1';
    const policy = { policy: await policyFor(id), name: 'second' };
    const listener = { began: () => {}, stepped: () => {}, announce: () => {} };
    const next = new Session({ env: await makeEnv(id), policy, facts: factsOfId(id), maxSteps }, listener, session);
    expect(next).toMatchObject({ paused: true, clock: { speed: 2 }, player: { greedy: false } });
    expect(next.clock.stepsPerSecond).not.toBe(session.clock.stepsPerSecond);
  });

  it('nobody can take over where there are no keys', async () => {
    const { session, said } = await sessionFor('HalfCheetah-v5');
    session.toggleDriving();
    expect(session.driving).toBe(false);
    expect(said).toEqual([]);
  });

  it('a game of moves waits for a key, and a tap between two steps is one move', async () => {
    const { session } = await sessionFor('CliffWalking-v1');
    const cell = () => session.player.current.observation;
    session.restart(1);
    session.toggleDriving();
    const start = cell();
    session.tick(1000);
    expect(cell()).toBe(start);
    session.hold(['up']);
    session.hold([]);
    // At once, not at the next quarter of a second.
    session.tick(1);
    expect(cell()).toBe((start as number) - 12);
    session.tick(1000);
    expect(session.player.current.moment.step).toBe(1);
    session.hold(['right']);
    session.tick(1);
    session.tick(500);
    expect(session.player.current.moment.step).toBe(4);
  });

  it.each([
    ['CartPole-v1', 50],
    ['CliffWalking-v1', 4],
    ['LunarLander-v3', 50],
  ])('plays %s at %i steps a second', async (id, rate) => {
    const { session } = await sessionFor(id);
    expect(session.clock.stepsPerSecond).toBe(rate);
  });

  it('names the actions of every environment', async () => {
    for (const spec of standardRegistry().list()) {
      const { actionNames } = factsOf(spec, spec);
      const size = spec.actionSpace.kind === 'discrete' ? spec.actionSpace.n : (spec.actionSpace as BoxSpace).size;
      expect(actionNames).toHaveLength(size);
      expect(actionNames.join()).not.toMatch(/action \d/);
    }
    const env = await makeEnv('LunarLander-v3', { continuous: true });
    expect(factsOf(standardRegistry().get('LunarLander-v3'), env).actionNames).toEqual(['main engine', 'side engines']);
  });
});
