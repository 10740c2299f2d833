/** docs/reference/run-folder.md against the folders of short runs: what they hold is described, and what is described they hold. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { taskFromRows } from '../../src/lm/data/task.ts';
import { decodeSafetensors } from '../../src/run/safetensors.ts';
import { shortRun as shortLanguageRun } from '../lm/languageRun.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const page = readFileSync(new URL('../../docs/reference/run-folder.md', import.meta.url), 'utf8');

/** The names in the first column of the tables of a section; `which` counts them. */
function described(title: string, which = 0): string[] {
  const section = page.split('\n## ').find((part) => part.startsWith(`${title}\n`)) ?? '';
  const table = section.split('\n\n').filter((block) => block.startsWith('|'))[which] ?? '';
  return [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
}

type Files = ReadonlyMap<string, Uint8Array>;

const text = (files: Files, name: string): string => new TextDecoder().decode(files.get(name));
const keysOf = (json: string): string[] => Object.keys(JSON.parse(json) as object);

async function environmentRun(change: Readonly<Record<string, unknown>>): Promise<Files> {
  const { home, train } = testCohort();
  await train({ ...shortRun, iterations: 2, ...change }, { runDirectory: 'run' }).finish();
  return home.folders.get('run')!.files;
}

/** A run with a name, from the last checkpoint of another one. */
async function furtherRun(): Promise<Files> {
  const { home, train } = testCohort();
  await train({ ...shortRun, iterations: 1 }, { runDirectory: 'source' }).finish();
  const options = { from: 'source', withOptimizer: true, name: 'further', tags: ['one'] };
  await train({ ...shortRun, iterations: 2 }, { ...options, runDirectory: 'run' }).finish();
  return home.folders.get('run')!.files;
}

async function languageRun(change: object): Promise<Files> {
  const { home, trainLanguageModel } = testCohort();
  await trainLanguageModel({ ...shortLanguageRun, iterations: 2, ...change }, { runDirectory: 'run' }).finish();
  return home.folders.get('run')!.files;
}

const continuous = { env: 'LunarLanderContinuous-v3', algorithm: 'ppo', normalizeObservation: 'shared' };
const environments = await Promise.all([environmentRun({ tail: 'carry' }), environmentRun(continuous), furtherRun()]);
const rows = Array.from({ length: 100 }, (_, i) => ({ prompt: `${i}+1=`, answer: String(i + 1) }));
const data = { task: taskFromRows(rows, { id: 'sums' }), warmStartAccuracy: 0, minValidFraction: 0, completions: 'all' };
const models = await Promise.all([languageRun({}), languageRun({ estimator: 'ppo', klCoef: 0.1 }), languageRun(data)]);
const runs = [...environments, ...models];

/** Names as the page writes them: layers and names of states in angle brackets. */
function pattern(tensor: string, isModel: boolean): string {
  const moments = tensor.match(/^(?:critic\/)?(adam\.(?:first|second)\/)/)?.[1];
  if (moments) return `${moments}<name>`;
  const prefix = tensor.match(/^(env|normalization|history|critic|reference)\//)?.[0];
  if (prefix) return `${prefix}<name>`;
  if (isModel) return tensor.replace(/^model\..*\.weight$/, 'model.<name>.weight');
  return tensor.replace(/^(actor|critic)\.\d+\./, '$1.<layer>.').replace(/^normalizer\..*/, 'normalizer.<name>');
}

/** The names that only runs of some kind have, which the runs of this test are not. */
const rare = ['modules', 'message', 'normalization/<name>'];

function expectSame(found: Iterable<string>, names: readonly string[]): void {
  expect([...new Set([...found, ...names.filter((name) => rare.includes(name))])].sort()).toEqual([...names].sort());
}

describe('the page about run folders names exactly', () => {
  it('the files', () => {
    const found = runs.flatMap((files) => [...files.keys()]);
    const written = found.map((name) => name.replace(/^policies\/\d+/, 'policies/<n>').replace(/(tfevents\.).*/, '$1*'));
    const table = page.split('\n\n').find((block) => block.startsWith('| file |'))!;
    const names = [...table.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
    // The lock is gone when a run ends.
    expect([...new Set([...written, 'run.lock'])].sort()).toEqual(names.sort());
  });

  it.each(['config.json', 'summary.json'])('the keys of %s', (name) => {
    expectSame(
      runs.flatMap((files) => keysOf(text(files, name))),
      described(name),
    );
  });

  it('the keys of every line of metrics.jsonl', () => {
    const lines = runs.flatMap((files) => text(files, 'metrics.jsonl').trim().split('\n'));
    expectSame(
      lines.flatMap(keysOf).filter((key) => !key.includes('/')),
      described('metrics.jsonl'),
    );
  });

  it('the columns of the tables and the keys of completions', () => {
    for (const [name, folders] of [
      ['episodes.csv', environments],
      ['evaluations.csv', runs],
    ] as const) {
      for (const files of folders) expect(text(files, name).split('\n')[0]!.split(',')).toEqual(described(name));
    }
    const [few, all] = [models.slice(0, -1), models.at(-1)!];
    const keys = described('completions.jsonl');
    for (const files of few) expect(keysOf(text(files, 'completions.jsonl').split('\n')[0]!)).toEqual(keys.slice(0, 6));
    expect(keysOf(text(all, 'completions.jsonl').split('\n')[0]!)).toEqual(keys);
  });

  it('the tensors and the metadata of a checkpoint', () => {
    const checkpoints = runs.map((files) => decodeSafetensors(files.get('checkpoint.safetensors')!, 'checkpoint'));
    const tensors = checkpoints.flatMap((file, i) => [...file.tensors.keys()].map((name) => pattern(name, i >= environments.length)));
    expectSame(tensors, described('checkpoint.safetensors'));
    // The reader takes the digest out.
    const metadata = checkpoints.flatMap((file) => Object.keys(file.metadata)).concat('cohort.sha256');
    expectSame(metadata, described('checkpoint.safetensors', 1));
  });
});
