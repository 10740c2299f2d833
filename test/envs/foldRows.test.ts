/** Long tables of observations, folded: fewer lines, every number in one of them. */
import { describe, expect, it } from 'vitest';
import { foldRows } from '../../src/envs/foldRows.ts';
import { type SpaceRow, standardRegistry } from '../../src/envs/index.ts';

/** Rows of names, all of the same meaning, after enough others to make the table long. */
function folded(names: readonly string[], meaning = 'm'): string[] {
  const others = Array.from({ length: 26 }, (_, k): SpaceRow => ({ name: `other${k}`, meaning: `${k}` }));
  return foldRows([...others, ...names.map((name) => ({ name, meaning }))])
    .slice(26)
    .map(({ index, name, meaning: says }) => `${index} ${name}: ${says}`);
}

describe('folded tables', () => {
  it('names with one beginning, with one end, and neither', () => {
    expect(folded(['speed x', 'speed y', 'speed z'])).toEqual(['26 to 28 speed x, y, z: m']);
    expect(folded(['left knee angle', 'left hip angle', 'right knee angle', 'back angle'])).toEqual([
      '26 to 29 angle: m: left knee, left hip, right knee, back',
    ]);
    expect(folded(['a b', 'c d', 'e f'])).toEqual(['26 a b: m', '27 c d: m', '28 e f: m']);
    // Two of a kind are no list.
    expect(folded(['speed x', 'speed y'])).toEqual(['26 speed x: m', '27 speed y: m']);
  });

  it('parts that are repeated stand once', () => {
    const part = ['force x', 'force y', 'force z', 'mass'];
    const names = ['torso', 'left foot', 'right foot'].flatMap((body) => part.map((name) => `${body} ${name}`));
    expect(folded(names)).toEqual([
      '26 to 37 3 times 4 numbers: 4 for each of: torso, left foot, right foot',
      '+0 to +2 force x, y, z: m',
      '+3 mass: m',
    ]);
  });

  it('a list of five words or more is written once', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    expect(folded([...names.map((name) => `${name} angle`), ...names.map((name) => `${name} velocity`)])).toEqual([
      '26 to 30 angle: m: a, b, c, d, e',
      '31 to 35 velocity: m: those at 26',
    ]);
  });

  it('long lists are cut', () => {
    expect(folded(Array.from({ length: 100 }, (_, k) => `cell ${k}`))).toEqual(['26 to 125 cell 0, 1, …, 99: m']);
  });

  it('rows that differ in unit or bounds stay apart', () => {
    const rows = Array.from({ length: 30 }, (_, k): SpaceRow => ({ name: `a ${k}`, meaning: 'm', max: k < 10 ? 1 : 2 }));
    expect(foldRows(rows).map(({ index, max }) => [index, max])).toEqual([
      ['0 to 9', 1],
      ['10 to 29', 2],
    ]);
  });

  it('short tables stay as they are', () => {
    const { observation } = standardRegistry().get('HalfCheetah-v5');
    expect(foldRows(observation!)).toEqual(observation!.map((row, k) => ({ ...row, index: String(k) })));
  });

  it.each(['Ant-v5', 'Humanoid-v5', 'Humanoid-v4'])('%s: at most 30 lines count every number once', (id) => {
    const { observation } = standardRegistry().get(id);
    const lines = foldRows(observation!);
    expect(lines.length).toBeLessThan(30);
    // What follows a head with a + is part of its numbers.
    const counted = lines
      .filter(({ index }) => !index.startsWith('+'))
      .flatMap(({ index }) => {
        const [from, to = from] = index.split(' to ').map(Number);
        return Array.from({ length: to! - from! + 1 }, (_, k) => from! + k);
      });
    expect(counted).toEqual(observation!.map((_, k) => k));
  });
});
