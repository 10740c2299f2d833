import { describe, expect, it } from 'vitest';
import type { Action, Env } from '../../src/core/env.ts';
import type { Scene } from '../../src/core/scene.ts';
import type { BoxSpace, Space } from '../../src/core/space.ts';
import {
  type DrawingContext,
  drawCaption,
  drawScene,
  makeEnv,
  makeVectorEnv,
  OneHot,
  OneHotVectorEnv,
  pictureSize,
  RecordEpisodeStatistics,
  sceneKinds,
  standardRegistry,
  stepsPerSecond,
  vectorize,
} from '../../src/envs/index.ts';
import { createGenerator, type Generator } from '../../src/random/index.ts';

/** A context that writes down what it is told. */
function recordingContext(): { context: DrawingContext; calls: string[]; depth: () => number } {
  const calls: string[] = [];
  let depth = 0;
  const context = new Proxy({} as Record<string, unknown>, {
    get(_target, name: string) {
      if (name === 'measureText') return (text: string) => ({ width: 7 * text.length });
      return (...words: unknown[]) => {
        if (name === 'save') depth++;
        if (name === 'restore') depth--;
        calls.push(`${name}(${words.map((word) => (Array.isArray(word) ? word.join(' ') : String(word))).join(', ')})`);
        return name === 'createLinearGradient'
          ? { addColorStop: (at: number, color: string) => calls.push(`stop(${at}, ${color})`), toString: () => 'gradient' }
          : undefined;
      };
    },
    set(_target, name: string, value: unknown) {
      calls.push(`${name} = ${String(value)}`);
      return true;
    },
  }) as unknown as DrawingContext;
  return { context, calls, depth: () => depth };
}

function callsFor(scene: Scene, earlier: readonly Scene[] = [], theme?: 'light' | 'dark'): string[] {
  const { context, calls, depth } = recordingContext();
  drawScene(context, scene, pictureSize(scene.kind), { earlier, ...(theme && { theme }) });
  expect(depth()).toBe(0);
  return calls;
}

/** From 0, black, to 1, white. */
function brightness(color: string): number {
  return (Number.parseInt(color.slice(1, 3), 16) + Number.parseInt(color.slice(3, 5), 16) + Number.parseInt(color.slice(5), 16)) / 765;
}

function randomAction(space: Space, generator: Generator): Action {
  if (space.kind === 'discrete') return space.start + Number(generator.integers(0, space.n));
  const { low, high } = space as BoxSpace;
  return Float32Array.from(low, (least, k) => generator.uniform(least, high[k]!));
}

/** Scenes of random episodes, two hundred steps in all. */
function scenesOf(env: Env): Scene[] {
  const generator = createGenerator(7);
  env.reset({ seed: 3 });
  const scenes = [env.scene!()];
  for (let step = 0; step < 200; step++) {
    const { terminated, truncated } = env.step(randomAction(env.actionSpace, generator));
    scenes.push(env.scene!());
    if (!terminated && !truncated) continue;
    env.reset();
    scenes.push(env.scene!());
  }
  return scenes;
}

const ids = standardRegistry()
  .list()
  .map(({ id }) => id);

describe('scenes', () => {
  it.each(ids)('%s: can be drawn throughout random episodes, with finite numbers and the same strokes each time', async (id) => {
    const env = await makeEnv(id);
    const scenes = scenesOf(env);
    const strokes = scenes.map((scene, k) => callsFor(scene, scenes.slice(0, k)));
    for (const calls of strokes) {
      expect(calls.length).toBeGreaterThan(20);
      expect(calls.filter((call) => /NaN|Infinity|undefined|null/.test(call))).toEqual([]);
    }
    scenes.slice(0, 20).forEach((scene, k) => {
      expect(JSON.parse(JSON.stringify(scene))).toEqual(scene);
      expect(callsFor(scene, scenes.slice(0, k))).toEqual(strokes[k]);
    });
    // Something moves: the strokes are not those of one picture.
    expect(new Set(strokes.map((calls) => calls.join('\n'))).size).toBeGreaterThan(10);
    expect(stepsPerSecond(scenes[0]!)).toBeGreaterThan(0);
    env.close?.();
  });

  it.each(ids)('%s: on a dark page has the same strokes in other colors, on a dark ground', async (id) => {
    const env = await makeEnv(id);
    const scenes = scenesOf(env).slice(0, 60);
    const color = /#[0-9a-f]{6}/g;
    const used = { light: new Set<string>(), dark: new Set<string>() };
    scenes.forEach((scene, k) => {
      const [light, dark] = (['light', 'dark'] as const).map((theme) => {
        const calls = callsFor(scene, scenes.slice(0, k), theme);
        for (const call of calls) for (const [found] of call.matchAll(color)) used[theme].add(found);
        return calls;
      }) as [string[], string[]];
      expect(callsFor(scene, scenes.slice(0, k))).toEqual(light);
      expect(dark.map((call) => call.replace(color, '#'))).toEqual(light.map((call) => call.replace(color, '#')));
      // The first ground that is filled, and the first step of a sky; a plane without floor has no sky.
      const isPlane = scene.kind === 'planar' && !('floor' in scene);
      const grounds = dark.filter((call) => /^(fillStyle = #|stop\(0, )/.test(call)).slice(0, isPlane ? 1 : 2);
      for (const ground of grounds) expect(brightness(ground.match(color)![0])).toBeLessThan(0.25);
    });
    const grounds = ['#f7f8fb', '#e9eef7', '#d6dff0'];
    expect([...used.dark].filter((name) => grounds.includes(name))).toEqual([]);
    expect([...used.light].filter((name) => grounds.includes(name))).not.toEqual([]);
    env.close?.();
  });

  it('every kind of drawing belongs to a built-in environment, or is for those without one', async () => {
    const kinds = new Set<string>(['board', 'numbers', 'shapes']);
    for (const id of ids) {
      const env = await makeEnv(id);
      env.reset({ seed: 0 });
      kinds.add(env.scene!().kind);
      env.close?.();
    }
    expect([...kinds].sort()).toEqual([...sceneKinds].sort());
  });

  it.each(['CartPole-v1', 'CliffWalking-v1', 'LunarLander-v3'])(
    '%s: a vector environment shows the scenes of its single ones',
    async (id) => {
      const vector = await makeVectorEnv(id, 3);
      const lifted = vectorize(await Promise.all([makeEnv(id), makeEnv(id), makeEnv(id)]));
      const single = await makeEnv(id);
      vector.reset([5, 6, 7]);
      lifted.reset([5, 6, 7]);
      single.reset({ seed: 6 });
      for (const action of [1, 0, 1, 1]) {
        for (const env of [vector, lifted]) env.step(Int32Array.of(0, action, 1));
        single.step(action);
      }
      expect(vector.scene!(1)).toEqual(single.scene!());
      expect(lifted.scene!(1)).toEqual(single.scene!());
      expect(vector.scene!(0)).not.toEqual(vector.scene!(1));
    },
  );

  it('wrappers hand scenes on, and have none where the inner environment has none', async () => {
    const inner = (await makeEnv('CliffWalking-v1', { maxEpisodeSteps: 9 })) as Env<number, number>;
    const wrapped = new RecordEpisodeStatistics(new OneHot(inner));
    wrapped.reset({ seed: 1 });
    wrapped.step(0);
    expect(wrapped.scene!()).toEqual(inner.scene!());
    const vector = await makeVectorEnv('CliffWalking-v1', 2);
    const oneHot = new OneHotVectorEnv(vector);
    oneHot.reset([1, 2]);
    oneHot.step(Int32Array.of(0, 0));
    expect(oneHot.scene!(1)).toEqual(vector.scene!(1));
    const blind: Env<number, number> = {
      observationSpace: inner.observationSpace,
      actionSpace: inner.actionSpace,
      reset: (options) => inner.reset(options),
      step: (action) => inner.step(action),
    };
    expect(new RecordEpisodeStatistics(new OneHot(blind)).scene).toBeUndefined();
    expect(vectorize([blind as Env]).scene).toBeUndefined();
  });
});

describe('drawScene', () => {
  const cartPole = { kind: 'cartPole', x: 1, angle: 0.1, positionLimit: 2.4, angleLimit: 0.2, poleLength: 1 };

  it('fills pictures of any size, and keeps the proportion of the drawing', () => {
    const { context, calls } = recordingContext();
    drawScene(context, cartPole, { width: 1200, height: 400 });
    expect(calls).toContain('fillRect(0, 0, 1200, 400)');
    expect(calls).toContain('scale(1, 1)');
    expect(calls).toContain('translate(300, 0)');
  });

  it('moves the cart with x and leans the pole with the angle', () => {
    const cart = (x: number, angle: number): string[] => callsFor({ ...cartPole, x, angle } as Scene);
    const changed = (a: string[], b: string[]): number => a.filter((call, k) => call !== b[k]).length;
    expect(changed(cart(0, 0), cart(0, 0))).toBe(0);
    expect(changed(cart(0, 0), cart(0, 0.1))).toBe(2);
    expect(changed(cart(0, 0), cart(0.5, 0))).toBeGreaterThan(10);
  });

  it('shows the flames of a lander only while its engines burn', async () => {
    const env = await makeEnv('LunarLander-v3');
    env.reset({ seed: 1 });
    const strokes = [0, 2, 1, 3].map((action) => {
      env.step(action);
      return callsFor(env.scene!()).filter((call) => call.startsWith('quadraticCurveTo')).length;
    });
    expect(strokes).toEqual([0, 6, 6, 6]);
  });

  it('draws the way of a walker, and a cross where it fell', () => {
    const scene = (cell: number): Scene =>
      ({ kind: 'cliffWalking', rows: 4, columns: 12, cell, start: 36, goal: 47, cliff: [37, 38] }) as Scene;
    const red = (calls: string[]): number => calls.filter((call) => call === 'strokeStyle = #d9544d').length;
    expect(red(callsFor(scene(26), [scene(36), scene(24), scene(25)]))).toBe(0);
    const fallen = callsFor(scene(36), [scene(36), scene(24), scene(25), scene(26)]);
    expect(red(fallen)).toBe(2);
    // Two diagonals below the edge, on the cell under the last.
    const ends = fallen.filter((call) => /^(moveTo|lineTo)\((142|158), ?(206|222)\)$/.test(call));
    expect(new Set(ends.map((call) => call.replace(/\w+/, ''))).size).toBe(4);
  });

  it('writes the sums of a hand of Blackjack on the left, and on the right how it ended', () => {
    const hand = { kind: 'blackjack', player: [1, 9], dealer: [10, 8], playerSum: 20, dealerSum: 18, usableAce: true };
    const words = (isOver: boolean, reward: number): string[] => {
      const calls = callsFor({ ...hand, isOver, reward } as Scene).filter((call) => /^(textAlign|textBaseline|fillText)/.test(call));
      return calls.flatMap((call, k) =>
        /^fillText\((Dealer|Player|won|lost|a draw)/.test(call) ? [calls.slice(k - 2, k + 1).join('; ')] : [],
      );
    };
    const [left, right] = ['left', 'right'].map((side) => `textAlign = ${side}; textBaseline = alphabetic; `);
    const player = `${left}fillText(Player 20, usable ace, 40, 382)`;
    expect(words(false, 0)).toEqual([`${left}fillText(Dealer, 40, 62)`, player]);
    for (const [reward, word] of [
      [1.5, 'won'],
      [0, 'a draw'],
      [-1, 'lost'],
    ] as const) {
      expect(words(true, reward)).toEqual([`${left}fillText(Dealer 18, 40, 62)`, player, `${right}fillText(${word}, 560, 382)`]);
    }
    const ranks = callsFor({ ...hand, isOver: false, reward: 0 } as Scene).filter((call) => /^fillText\((A|10|9|8),/.test(call));
    // Two cards of the player and one of the dealer, whose other is hidden: in the middle, and small in the corner.
    expect(ranks).toHaveLength(6);
    expect(callsFor({ ...hand, isOver: false, reward: 0 } as Scene)).toContain('textAlign = center');
  });

  it('looks where the last step led that led elsewhere: a walker and a taxi', () => {
    const taxi = { kind: 'taxi', columns: 5, passenger: 0, destination: 1, places: [0, 4, 20, 23], walls: [] };
    const turns = (cell: number, ...earlier: readonly number[]): string[] =>
      callsFor(
        { ...taxi, cell } as Scene,
        earlier.map((before) => ({ ...taxi, cell: before }) as Scene),
      ).filter((call) => call.startsWith('rotate'));
    expect([turns(12), turns(12, 11), turns(12, 11, 12, 12)]).toEqual([['rotate(0)'], ['rotate(0)'], ['rotate(0)']]);
    expect([turns(12, 7), turns(12, 7, 12), turns(12, 17)]).toEqual([
      [`rotate(${Math.PI / 2})`],
      [`rotate(${Math.PI / 2})`],
      [`rotate(${-Math.PI / 2})`],
    ]);
    expect(turns(12, 7, 13, 12)).toEqual([`rotate(${Math.PI})`]);
    const cliff = { kind: 'cliffWalking', rows: 4, columns: 12, start: 36, goal: 47, cliff: [] };
    const walker = (cell: number, ...earlier: readonly number[]): string[] =>
      callsFor(
        { ...cliff, cell } as Scene,
        earlier.map((before) => ({ ...cliff, cell: before }) as Scene),
      ).filter((call) => /^arc\(.*, 2\.2, /.test(call));
    expect(walker(12, 24, 12, 12)).toEqual(walker(12, 24));
    expect(walker(12, 24)).not.toEqual(walker(12));
  });

  it("draws the board of a game of one's own, and says which letter means nothing", () => {
    const rows = ['# ', ' o'];
    const board = (pieces: object): Scene => ({ kind: 'board', rows, pieces }) as Scene;
    const calls = callsFor(board({ '#': { color: 'amber' }, o: { color: 'red', shape: 'disc' } }));
    const fills = calls.filter((call) => call.startsWith('fillStyle'));
    expect(fills).toEqual(['#f7f8fb', '#f0a03c', '#e9eef7', '#e9eef7', '#e9eef7', '#d9544d'].map((color) => `fillStyle = ${color}`));
    for (const pieces of [{ '#': { color: 'amber' } }, { '#': { color: 'pink' }, o: { color: 'red' } }]) {
      expect(() => drawScene(recordingContext().context, board(pieces))).toThrow(
        /scene: board: "[o#]": expected a piece with a color.*; add pieces\["[o#]"\], such as/,
      );
    }
  });

  it('refuses an unknown kind and names those it knows', () => {
    expect(() => drawScene(recordingContext().context, { kind: 'cartpole' })).toThrow(
      /scene: kind: expected .* got "cartpole"; did you mean cartPole/,
    );
    expect(() => pictureSize('chess')).toThrow(/choose one of acrobot, bipedalWalker, blackjack, board, cartPole, /);
    expect(() => pictureSize('toString')).toThrow(/scene: kind/);
    for (const theme of ['drak', 'toString']) {
      expect(() => drawScene(recordingContext().context, cartPole, pictureSize('cartPole'), { theme: theme as 'dark' })).toThrow(
        /drawScene: theme: expected one of light, dark, got "(drak|toString)"/,
      );
    }
  });
});

describe('drawCaption', () => {
  it('writes what it is given and nothing else', () => {
    const texts = (caption: Parameters<typeof drawCaption>[1]): string[] => {
      const { context, calls } = recordingContext();
      drawCaption(context, caption, { width: 600, height: 400 });
      return calls.filter((call) => call.startsWith('fillText')).map((call) => call.slice(9).split(',')[0]!);
    };
    expect(texts({})).toEqual([]);
    expect(texts({ title: 'CartPole-v1', step: 3, return: -2.25 })).toEqual(['CartPole-v1', 'step 3  ·  return −2.3']);
    expect(texts({ step: 0 })).toEqual(['step 0']);
    expect(texts({ return: -0.01 })).toEqual(['return 0.0']);
  });
});
