import { beforeAll, describe, expect, it } from 'vitest';
import { packFiles, unpackFiles } from '../../src/run/archive.ts';
import { deleteRun, importRun, listRuns, packRun } from '../../src/run/folders.ts';
import { memoryHome, shortRun, testCohort } from '../training/cohort.ts';

const home = memoryHome();
const cohort = testCohort(undefined, home);
const brief = {
  ...shortRun,
  iterations: 4,
  numEnvs: 2,
  numSteps: 8,
  evaluationEpisodes: 1,
  finalEvaluationEpisodes: 1,
  evaluationMaxSteps: 5,
};

/** Files of a folder and of those in it, by path. */
const filesBelow = (folder: string): Map<string, Uint8Array> =>
  new Map(
    [...home.folders].flatMap(([name, { files }]) =>
      name === folder || name.startsWith(`${folder}/`)
        ? [...files].map(([path, bytes]) => [`${name}/${path}`.slice(folder.length + 1), bytes] as const)
        : [],
    ),
  );

beforeAll(async () => {
  await cohort.train({ ...brief, stopAfter: 2 }, { runDirectory: 'runs/one' }).finish();
  await cohort.trainSeeds({ ...brief, stopAfter: 2 }, [1, 2], { runDirectory: 'runs/many' });
});

describe('run folders', () => {
  it('are listed with what they hold', async () => {
    // A storage in memory has no folders in folders.
    const names = {
      ...home,
      open: (name: string) => (name === 'runs' ? { ...home.open(name), list: async () => ['many', 'one', 'other'] } : home.open(name)),
    };
    const shared = { road: 'environments', target: 'CartPole-v1', method: 'gpg' };
    expect(await listRuns(names)).toEqual([
      { ...shared, directory: 'runs/many', seeds: [1, 2], status: 'stopped' },
      { ...shared, directory: 'runs/one', seeds: [1], status: 'stopped' },
    ]);
  });

  it.each(['runs/one', 'runs/many'])('%s is packed, put back elsewhere, and goes on to the same bits', async (folder) => {
    const archive = await packRun(home, folder);
    const copy = `copies/${folder.slice(5)}`;
    await importRun(home, copy, archive);
    const before = filesBelow(folder);
    expect(filesBelow(copy)).toEqual(before);
    const goOn = async (directory: string): Promise<unknown> =>
      folder === 'runs/many'
        ? (await cohort.resumeSeeds(directory)).joint?.parametersSha256
        : (await (await cohort.resume(directory)).finish()).summary.parametersSha256;
    expect(await goOn(copy)).toEqual(await goOn(folder));
  });

  it('takes the files of a folder that was dropped, whatever it was called, and leaves out what is none of a run', async () => {
    const files = unpackFiles(await packRun(home, 'runs/one'), 'x').map(({ path, bytes }) => ({ path: `mine/${path}`, bytes }));
    const strange = ['mine/notes.txt', 'mine/policies/../../escape', 'mine/run.lock', 'elsewhere/config.json'].map((path) => ({
      path,
      bytes: Uint8Array.of(1),
    }));
    await importRun(home, 'dropped', [...files, ...strange.slice(0, 3)]);
    expect([...filesBelow('dropped').keys()].sort()).toEqual(files.map(({ path }) => path.slice(5)).sort());
    await expect(importRun(home, 'dropped', files)).rejects.toThrow(/expected a folder without a run/);
  });

  it('takes nothing that is damaged', async () => {
    const files = unpackFiles(await packRun(home, 'runs/one'), 'x');
    const damaged = files.map(({ path, bytes }) => ({ path, bytes: path === 'checkpoint.safetensors' ? bytes.slice(0, -1) : bytes }));
    await expect(importRun(home, 'damaged', packFiles(damaged))).rejects.toThrow(/cut short/);
    await expect(importRun(home, 'damaged', [])).rejects.toThrow(/a run with its config\.json/);
    expect(filesBelow('damaged').size).toBe(0);
  });

  it.each(['copies/one', 'copies/many'])('%s is deleted, all of it', async (folder) => {
    await deleteRun(home, folder);
    expect(filesBelow(folder).size).toBe(0);
    await expect(deleteRun(home, folder)).rejects.toThrow(/expected a run folder/);
  });
});
