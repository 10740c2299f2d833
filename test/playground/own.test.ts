import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../apps/playground/src/own/answers.ts';
import type { OwnEpisode } from '../../apps/playground/src/own/protocol.ts';
import { Reel } from '../../apps/playground/src/own/reel.ts';

const circle = { shape: 'circle', x: 1, y: 1, radius: 0.5, color: 'blue' };
const scene = { kind: 'shapes', width: 4, height: 2, shapes: [circle] };
const episode = { kind: 'episode', iteration: 3, return: -0.5, frames: [scene, scene] };

describe('what the worker of an own environment says', () => {
  it('is taken where it is an answer, without what else was sent', () => {
    const finding = { what: 'reset(): expected an observation', fix: 'return one', line: 5 };
    const checked = { kind: 'checked', ok: false, findings: [finding], notes: ['a note'] };
    expect(readAnswer({ ...checked, more: 'ignored' })).toEqual(checked);
    const point = { kind: 'point', steps: 1, iteration: 2, sampled: 3, greedy: 4 };
    expect(readAnswer(point)).toEqual(point);
    const done = { kind: 'done', hash: 'a'.repeat(64) };
    expect(readAnswer(done)).toEqual(done);
    expect(readAnswer(episode)).toEqual(episode);
    // How long a bar is follows from the numbers, whatever the code says of it.
    const numbers = { kind: 'numbers', values: [1, -8], largest: 0 };
    expect(readAnswer({ ...episode, frames: [numbers] })).toEqual({ ...episode, frames: [{ ...numbers, largest: 8 }] });
  });

  it('is refused in words where it is not, whatever the code sends', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [undefined, 'something other than an answer'],
      [{ kind: 'other' }, 'something that is no answer'],
      [{ kind: 'done', hash: '<img>' }, 'something that is no answer'],
      [{ kind: 'point', steps: 1, iteration: 2, sampled: Number.NaN, greedy: 4 }, 'a number for a return'],
      [{ kind: 'checked', ok: true, findings: 'none', notes: [] }, 'a list of at most 50 for the findings'],
      [{ kind: 'checked', ok: true, findings: [], notes: [7] }, 'words for a note'],
      [{ ...episode, frames: [] }, 'an episode without a moment'],
      [{ ...episode, frames: new Array(302).fill(scene) }, 'a list of at most 301 for an episode'],
      [
        { ...episode, frames: new Array(301).fill({ ...scene, shapes: new Array(2000).fill(circle) }) },
        'an episode of 602301 shapes in all',
      ],
      // The other drawings would take these as they are, and this one would never end.
      [
        { ...episode, frames: [{ kind: 'planar', visibleHeight: 1e300, floor: 0, capsules: [], cameraX: 0, cameraZ: 0 }] },
        'expected one of "shapes"|"board"',
      ],
      [{ ...episode, frames: [scene, { ...scene, shapes: [{ ...circle, x: '1' }] }] }, 'scene(), shapes.0.x: expected number'],
      [{ ...episode, frames: [{ kind: 'numbers', values: [1, Number.POSITIVE_INFINITY] }] }, 'a number of the observation'],
    ];
    for (const [data, words] of wrong) expect(() => readAnswer(data), words).toThrow(words);
  });
});

describe('the picture of an own environment', () => {
  const of = (iteration: number, count = 2): OwnEpisode => {
    return { ...episode, iteration, frames: Array.from({ length: count }, (_, x) => ({ ...scene, stepsPerSecond: 10, x })) };
  };
  const shown = ({ moment }: Reel): readonly unknown[] => [moment?.episode.iteration, moment?.step];

  it('plays an episode to its end at its own speed, then the newest, then the last few in turn', () => {
    const reel = new Reel();
    expect(reel.tick(1000)).toBe(false);
    reel.add(of(0, 3));
    expect(shown(reel)).toEqual([0, 0]);
    expect(reel.tick(-5)).toBe(false);
    // Ten steps a second.
    expect(reel.tick(110)).toBe(true);
    expect(shown(reel)).toEqual([0, 1]);
    for (const iteration of [1, 2, 3]) reel.add(of(iteration));
    expect(shown(reel)).toEqual([0, 1]);
    expect(reel.moment?.earlier).toHaveLength(1);
    reel.tick(100);
    expect(shown(reel)).toEqual([0, 2]);
    const next = (): unknown => {
      const before = reel.moment!.episode;
      for (let tick = 0; reel.moment!.episode === before; tick++) {
        if (tick > 100) throw new Error('it stays');
        reel.tick(100);
      }
      return reel.moment!.episode.iteration;
    };
    expect([next(), next(), next(), next(), next()]).toEqual([3, 1, 2, 3, 1]);
    reel.add(of(4));
    expect(next()).toBe(4);
  });
});
