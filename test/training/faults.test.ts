/**
 * Real runs, on both roads and of several seeds, over a storage that ends, tears or fails at every single operation in turn: whatever can be resumed
 * ends with the same bits, and nothing is left over.
 */
import { describe, expect, it } from 'vitest';
import type { Cohort } from '../../src/api/cohort.ts';
import { createCohort } from '../../src/api/createCohort.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import { shortRun as languageRun, largestDigit } from '../lm/languageRun.ts';
import { fakeHost } from '../run/fakeHost.ts';
import { type Fault, Faulty, faults, guarded } from '../run/faultyStorage.ts';
import { memoryHome, testPlatform } from './cohort.ts';

type Home = ReturnType<typeof memoryHome>;

/** A process with a clock that stands still, so that runs differ in nothing. */
function processOn(home: Home, pid: number, dead: ReadonlySet<number>, faulty?: Faulty): Cohort {
  const open: Home['open'] = (name) => (faulty ? guarded(home.open(name), faulty.around) : home.open(name));
  return createCohort({ ...testPlatform, now: () => 0 }, { host: fakeHost(pid, dead), open });
}

/** Every file of every folder; folders that hold nothing do not count. */
function filesOf(home: Home): Map<string, string> {
  const all = [...home.folders].flatMap(([folder, { files }]) => [...files].map(([path, bytes]) => [`${folder}/${path}`, bytes] as const));
  return new Map(all.map(([path, bytes]) => [path, Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')]));
}

const small = { env: 'CartPole-v1', recipe: 'none', iterations: 2, numEnvs: 2, numSteps: 8, hiddenSizes: [4] };
const brief = {
  evaluationInterval: 1,
  evaluationEpisodes: 1,
  finalEvaluationEpisodes: 1,
  evaluationMaxSteps: 5,
  checkpointInterval: 1,
} as const;
const model = {
  ...languageRun,
  iterations: 2,
  numGroups: 2,
  groupSize: 2,
  evaluationPrompts: 2,
  finalEvaluationPrompts: 2,
  warmStartAccuracy: 0,
} as const;

/** What runs begin from that begin from a policy. */
const { policy } = await processOn(memoryHome(), 1, new Set())
  .train({ ...small, seed: 5, evaluationMaxSteps: 5 })
  .finish();
const source = decodePolicy(policy.encode());

/** Begins the work, or goes on with what an earlier process left; it does not matter which. */
type Work = (cohort: Cohort, home: Home) => Promise<unknown>;

const roads: readonly (readonly [name: string, work: Work])[] = [
  [
    'a policy',
    async (cohort, home) => {
      const isBegun = home.folders.get('run')?.files.has('config.json');
      const run = isBegun ? await cohort.resume('run') : cohort.train({ ...small, ...brief }, { runDirectory: 'run' });
      await run.finish();
    },
  ],
  [
    'a policy from another one',
    async (cohort, home) => {
      const isBegun = home.folders.get('run')?.files.has('config.json');
      const run = isBegun
        ? await cohort.resume('run')
        : cohort.train({ ...small, ...brief }, { runDirectory: 'run', from: source, name: 'second', tags: ['a'] });
      await run.finish();
    },
  ],
  [
    'a language model',
    async (cohort, home) => {
      const isBegun = home.folders.get('run')?.files.has('config.json');
      const given = { task: largestDigit };
      const run = isBegun ? await cohort.resume('run', given) : cohort.trainLanguageModel(model, { runDirectory: 'run' });
      await run.finish();
    },
  ],
  [
    'several seeds from a policy',
    async (cohort, home) => {
      const isBegun = home.folders.get('all')?.files.has('seeds.json');
      const { outcomes } = isBegun
        ? await cohort.resumeSeeds('all')
        : await cohort.trainSeeds({ ...small, ...brief, iterations: 1 }, [1, 2], { runDirectory: 'all', from: source });
      for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
    },
  ],
  [
    'several seeds',
    async (cohort, home) => {
      const isBegun = home.folders.get('all')?.files.has('seeds.json');
      const { outcomes } = isBegun
        ? await cohort.resumeSeeds('all')
        : await cohort.trainSeeds({ ...small, ...brief }, [1, 2], { runDirectory: 'all' });
      for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
    },
  ],
];

describe.each(roads)('%s over a storage with one fault', (_road, work) => {
  it.each(faults)('%s at every operation', async (fault: Fault) => {
    const undisturbed = memoryHome();
    await work(processOn(undisturbed, 1, new Set()), undisturbed);
    const expected = filesOf(undisturbed);
    const probe = new Faulty(Number.POSITIVE_INFINITY, fault);
    const probed = memoryHome();
    await work(processOn(probed, 1, new Set(), probe), probed);
    expect(probe.count).toBeGreaterThan(30);
    for (let at = 1; at <= probe.count; at++) {
      const home = memoryHome();
      const dead = new Set<number>();
      await work(processOn(home, 1, dead, new Faulty(at, fault)), home).catch((error) =>
        expect(String(error), `operation ${at}`).toMatch(/power/),
      );
      dead.add(1);
      await work(processOn(home, 2, dead), home);
      const found = filesOf(home);
      expect([...found.keys()].sort(), `operation ${at}`).toEqual([...expected.keys()].sort());
      for (const [path, text] of expected) expect(found.get(path), `operation ${at}, ${path}`).toBe(text);
    }
  });
});
