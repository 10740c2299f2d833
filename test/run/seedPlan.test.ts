/** The plan of several seeds comes back as it was written, and a file that holds anything else is refused with the place that is wrong. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CohortError } from '../../src/core/errors.ts';
import { parseSeedPlan, readSeedPlan, type SeedPlan, seedDirectory, seedPlanFile, writeSeedPlan } from '../../src/run/seedPlan.ts';
import { memoryStorage } from '../../src/run/storage.ts';

const plan: SeedPlan = {
  road: 'environments',
  target: 'CartPole-v1',
  method: 'gpg',
  modules: [{ name: 'mine.js', sha256: 'ab' }],
  seeds: [3, 1, 2 ** 53 - 1],
  input: { env: 'CartPole-v1', hiddenSizes: [8, 8], envOptions: { a: true } },
};
const stored = { format: 'cohort-seeds', formatVersion: 2, ...plan };

/** The error of a file with this text. */
function errorOf(text: string): CohortError {
  try {
    parseSeedPlan(text, 'here/seeds.json');
  } catch (error) {
    if (error instanceof CohortError) return error;
    throw error;
  }
  throw new Error('no error');
}

describe('the plan of several seeds', () => {
  it('comes back as it was written, in the order of the seeds', async () => {
    const storage = memoryStorage();
    expect(await readSeedPlan(storage)).toBeUndefined();
    await writeSeedPlan(storage, plan);
    expect(await readSeedPlan(storage)).toEqual(plan);
  });

  it.each([seedPlanFile, 'config.json'])('is not written into a folder that holds a run (%s)', async (name) => {
    const storage = memoryStorage(new Map([[name, Uint8Array.of(1)]]));
    await expect(writeSeedPlan(storage, plan)).rejects.toThrow(/expected a new or empty folder/);
    expect([...storage.files.keys()]).toEqual([name]);
    expect(storage.files.get(name)).toEqual(Uint8Array.of(1));
  });

  it.each([
    ['no JSON', '{"format"', /a plan of seeds, got something that is no JSON/],
    ['a list', '[]', /expected object/],
    ['another format', { ...stored, format: 'cohort-run' }, /format: expected "cohort-seeds"/],
    ['a later version', { ...stored, formatVersion: 3 }, /formatVersion: expected 2, got 3/],
    ['an unknown road', { ...stored, road: 'robots' }, /road: expected/],
    ['an unknown field', { ...stored, sedes: [1] }, /known fields, got "sedes"; did you mean seeds/],
    ['no seeds', { ...stored, seeds: [] }, /seeds: expected/],
    ['a path for a seed', { ...stored, seeds: ['1/../../etc'] }, /seeds\.0: expected (int|number)/],
    ['a seed below zero', { ...stored, seeds: [1, -1] }, /seeds\.1: expected/],
    ['a seed that is no whole number', { ...stored, seeds: [1.5] }, /seeds\.0: expected int/],
    ['a seed twice', { ...stored, seeds: [1, 2, 1] }, /seeds: expected seeds that differ/],
    ['more seeds than any disk takes', { ...stored, seeds: Array.from({ length: 100_001 }, (_, seed) => seed) }, /seeds: expected/],
    ['a target that is no text', { ...stored, target: { toString: 'x' } }, /target: expected string/],
    ['an input that is a list', { ...stored, input: [] }, /input: expected record/],
    ['a module without a digest', { ...stored, modules: [{ name: 'x' }] }, /modules\.0\.sha256: expected string/],
  ])('refuses %s', (_, content, says) => {
    const error = errorOf(typeof content === 'string' ? content : JSON.stringify(content));
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^here\/seeds\.json/);
    expect(error.parts.kind).toBe('failure');
  });

  it('changes no prototype', () => {
    const text = JSON.stringify(stored).replace(
      '"input":{',
      '"input":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},',
    );
    const { input } = parseSeedPlan(text, 'x');
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect((input as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(input)).toBe(Object.prototype);
  });

  it('gives a plan or a CohortError for any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(...Object.keys(stored)), (text, key) => {
        for (const tried of [text, JSON.stringify({ ...stored, [key]: JSON.parse(text) })]) {
          try {
            expect(parseSeedPlan(tried, 'x').seeds.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toBeInstanceOf(CohortError);
          }
        }
      }),
    );
  });
});

describe('the folder of a seed', () => {
  it('lies in the common folder, however that is written', () => {
    expect([seedDirectory('runs/a', 3), seedDirectory('runs/a//', 3), seedDirectory('/', 3)]).toEqual([
      'runs/a/seed3',
      'runs/a/seed3',
      '/seed3',
    ]);
  });
});
