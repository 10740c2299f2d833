/**
 * Policies that a run keeps: which ones, that they are the policy of their iteration, and that a kill leaves the same files in the end.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import { decodePolicy, encodePolicy } from '../../src/policies/encode.ts';
import { withoutCritic } from '../../src/policies/policyFile.ts';
import { isSnapshotDue } from '../../src/training/trainee.ts';
import { shortRun, testCohort } from './cohort.ts';

const small: TrainConfig = { ...shortRun, iterations: 6, numEnvs: 4, numSteps: 16, evaluationInterval: 0, finalEvaluationEpisodes: 1 };

/** The snapshots of a run folder in memory, by name. */
function snapshotsOf(cohort: ReturnType<typeof testCohort>, run = 'run'): Record<string, Uint8Array> {
  const files = [...cohort.home.folders.get(run)!.files].filter(([path]) => path.startsWith('policies/'));
  return Object.fromEntries(files.map(([path, bytes]) => [path.slice('policies/'.length), bytes]));
}

describe('which policies are kept', () => {
  it('as many as asked for, evenly spread, the last one among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 40 }), (iterations, policySnapshots) => {
        const all = Array.from({ length: iterations }, (_, k) => k + 1);
        const due = all.filter((iteration) => isSnapshotDue({ iterations, policySnapshots }, iteration));
        expect(due).toHaveLength(Math.min(iterations, policySnapshots));
        if (policySnapshots === 0) return;
        expect(due.at(-1)).toBe(iterations);
        const gaps = due.map((iteration, k) => iteration - (due[k - 1] ?? 0));
        expect(Math.max(...gaps) - Math.min(...gaps)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('those, that of the start, and nothing else', async () => {
    const cohort = testCohort();
    await cohort.train({ ...small, policySnapshots: 3 }, { runDirectory: 'run' }).finish();
    expect(Object.keys(snapshotsOf(cohort)).sort()).toEqual(['000000', '000002', '000004', '000006'].map((name) => `${name}.safetensors`));
    await cohort.train({ ...small, policySnapshots: 0 }, { runDirectory: 'none' }).finish();
    expect(snapshotsOf(cohort, 'none')).toEqual({});
  });
});

describe('a policy that was kept', () => {
  it('is that of the checkpoint of the same iteration, without the critic', async () => {
    const cohort = testCohort();
    await cohort.train({ ...small, algorithm: 'ppo' }, { runDirectory: 'run' }).finish();
    const last = await cohort.readPolicy('run');
    expect(last.spec.critic).toBe(true);
    expect(last.source).toMatchObject({ algorithm: 'ppo', seed: 1, iteration: 6, globalStep: 6 * 4 * 16 });
    expect(snapshotsOf(cohort)['000006.safetensors']).toEqual(encodePolicy(withoutCritic(last)));
    const first = await cohort.readPolicy('run', { iteration: 0 });
    expect(first.source).toMatchObject({ iteration: 0, globalStep: 0 });
    expect(first.parameters.get('actor.0.bias')).toEqual(new Float32Array(64));
    await expect(cohort.readPolicy('run', { iteration: 7 })).rejects.toThrow('expected one of 0, 1, 2, 3, 4, 5, 6, got 7');
  });

  it('carries the statistics that its own iteration ended with', async () => {
    const cohort = testCohort();
    await cohort.train({ ...small, normalizeObservation: 'shared' }, { runDirectory: 'run' }).finish();
    const all = Object.values(snapshotsOf(cohort)).map((bytes) => decodePolicy(bytes).normalizer!);
    expect(all.every(({ statistics, clip }) => statistics === 'shared' && clip === 10)).toBe(true);
    expect(new Set(all.map(({ mean }) => mean.join())).size).toBe(all.length);
    expect((await cohort.readPolicy('run')).normalizer).toEqual(all.at(-1));
  });

  it('is the same bytes after a kill and a resume', async () => {
    const cohort = testCohort();
    const input: TrainConfig = { ...small, normalizeObservation: 'perEnv' };
    await cohort.train(input, { runDirectory: 'whole' }).finish();
    await cohort.train({ ...input, stopAfter: 3 }, { runDirectory: 'part' }).finish();
    // What a process leaves that wrote on after its last checkpoint, and one that died in the middle of writing.
    const { files } = cohort.home.folders.get('part')!;
    files.set('policies/000004.safetensors', snapshotsOf(cohort, 'whole')['000004.safetensors']!);
    files.set('policies/000005.safetensors', Uint8Array.of(1, 2, 3));
    await (await cohort.resume('part')).finish();
    expect(snapshotsOf(cohort, 'part')).toEqual(snapshotsOf(cohort, 'whole'));
  });

  it('goes when the run begins anew because it never came to a checkpoint, and stays where the checkpoint was lost', async () => {
    const cohort = testCohort();
    await cohort.train({ ...small, stopAfter: 2 }, { runDirectory: 'run' }).finish();
    const { files } = cohort.home.folders.get('run')!;
    files.delete('checkpoint.safetensors');
    files.set('policies/notes.txt', Uint8Array.of(1));
    const before = new Map(files);
    const lost = await cohort.resume('run', { stopAfter: 1 });
    await expect(lost.finish()).rejects.toThrow(
      /got none, in a run that has been trained; .* policies\/000002.safetensors is the newest policy that is left/,
    );
    expect(files).toEqual(before);
    for (const name of ['metrics.jsonl', 'policies/000001.safetensors', 'policies/000002.safetensors']) files.delete(name);
    const training = await cohort.resume('run', { stopAfter: 1 });
    await training.finish();
    expect(Object.keys(snapshotsOf(cohort)).sort()).toEqual(['000000.safetensors', '000001.safetensors', 'notes.txt']);
  });
});

describe('a policy folder', () => {
  it('plays the very episodes of its run', async () => {
    const cohort = testCohort();
    await cohort.train({ ...small, normalizeObservation: 'shared', seed: 4 }, { runDirectory: 'run' }).finish();
    await cohort.savePolicy('policy', await cohort.readPolicy('run'));
    const [run, policy] = await Promise.all(['run', 'policy'].map((folder) => cohort.evaluate(folder, { episodes: 5 })));
    expect(policy).toEqual(run);
    await expect(cohort.savePolicy('policy', await cohort.readPolicy('run'))).rejects.toThrow(/expected a folder without a policy/);
    await expect(cohort.savePolicy('run', await cohort.readPolicy('run'))).rejects.toThrow(/got the folder of a run/);
    await cohort.savePolicy('policy', await cohort.readPolicy('run', { iteration: 1 }), { overwrite: true });
    expect((await cohort.readPolicy('policy')).source.iteration).toBe(1);
  });

  it('keeps the options of its environment, text among them', async () => {
    const cohort = testCohort();
    const envOptions = { observation: 'row-column', maxEpisodeSteps: 12 };
    await cohort.train({ ...small, env: 'CliffWalking-v1', envOptions }, { runDirectory: 'run' }).finish();
    const file = await cohort.readPolicy('run');
    await cohort.savePolicy('policy', file);
    expect(await cohort.readPolicy('policy')).toMatchObject({ envOptions, spec: { observationSpace: { kind: 'box', size: 2 } } });
    expect(await cohort.environmentOf(file)).toMatchObject({ id: 'CliffWalking-v1' });
    const evaluation = await cohort.evaluate('policy', { episodes: 3 });
    expect(evaluation).toEqual(await cohort.evaluate('run', { episodes: 3 }));
    expect(Math.max(...('lengths' in evaluation.sampled ? evaluation.sampled.lengths : []))).toBeLessThanOrEqual(12);
    await expect(cohort.environmentOf({ ...file, envOptions: {} })).rejects.toThrow(/expected Discrete\(48\), .* got Box\(2, float32\)/);
  });

  it('keeps a map and a list of rewards', async () => {
    const cohort = testCohort();
    const envOptions = { desc: ['SFF', 'HFH', 'FFG'], rewardSchedule: [1, -1, -0.25], successRate: 0.9 };
    await cohort.train({ ...small, env: 'FrozenLake-v1', envOptions }, { runDirectory: 'run' }).finish();
    await cohort.savePolicy('policy', await cohort.readPolicy('run'));
    const file = await cohort.readPolicy('policy');
    expect(file).toMatchObject({ envOptions, spec: { observationSpace: { kind: 'discrete', n: 9 } } });
    expect(await cohort.evaluate('policy', { episodes: 3 })).toEqual(await cohort.evaluate('run', { episodes: 3 }));
    for (const wrong of [[true], [[1]], Array.from({ length: 201 }, () => 0), ['x'.repeat(201)]]) {
      const bad = { ...file, envOptions: { desc: wrong } } as unknown as typeof file;
      expect(() => decodePolicy(encodePolicy(bad))).toThrow(/envOptions/);
    }
  });

  it('is refused where it does not fit its environment, or its policy.json says something else', async () => {
    const cohort = testCohort();
    await cohort.train(small, { runDirectory: 'run' }).finish();
    const file = await cohort.readPolicy('run');
    const elsewhere = { ...file, env: 'CliffWalking-v1' };
    await expect(cohort.environmentOf(elsewhere)).rejects.toThrow(/observations: expected Discrete\(48\), .* got Box\(4, float32\)/);
    await cohort.savePolicy('elsewhere', elsewhere);
    await expect(cohort.evaluate('elsewhere')).rejects.toThrow(/expected Discrete\(48\)/);
    await expect(cohort.loadPlayer('elsewhere')).rejects.toThrow(/expected Discrete\(48\)/);
    expect(await cohort.environmentOf({ ...file, env: 'Mine-v0' })).toBeUndefined();
    expect(await cohort.environmentOf(file)).toMatchObject({ id: 'CartPole-v1' });
    await expect(cohort.environmentOf({ ...file, envOptions: { gravity: 1 } })).rejects.toThrow(/gravity/);
    const { files } = cohort.home.folders.get('elsewhere')!;
    files.set('policy.json', new TextEncoder().encode('{ "env": "CartPole-v1" }'));
    await expect(cohort.readPolicy('elsewhere')).rejects.toThrow(/policy.json: expected the description that policy.safetensors carries/);
  });
});
