import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  copyFileSync,
  cpSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { train } from '../../src/node/index.ts';
import { WatchFolders } from '../../src/node/watch/folder.ts';
import { decodePolicy } from '../../src/policies/encode.ts';
import type { WatchCurve, WatchState } from '../../src/watch/protocol.ts';

const folder = mkdtempSync(join(tmpdir(), 'cohort-watched-'));
const original = join(folder, 'run');
let copies = 0;

const sizes = { numEnvs: 2, numSteps: 16, numMinibatches: 2, hiddenSizes: [8], evaluationInterval: 0, finalEvaluationEpisodes: 1 };
const tiny = { env: 'CartPole-v1', recipe: 'none', ...sizes } as const;

beforeAll(async () => {
  await train({ ...tiny, iterations: 4, seed: 5 }, { runDirectory: original }).finish();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy of the run, which may be spoiled. */
function copyRun(): string {
  const copy = join(folder, `copy${copies++}`);
  cpSync(original, copy, { recursive: true });
  return copy;
}

const watch = (...directories: string[]): WatchFolders =>
  new WatchFolders(
    'runs/x',
    directories.map((directory, k) => ({ name: `seed ${k}`, directory })),
  );
const snapshot = (iteration: number): string => `policies/${String(iteration).padStart(6, '0')}.safetensors`;
const addresses = ({ sources }: WatchState): string[] => sources.flatMap(({ checkpoints }) => checkpoints.map(({ url }) => url));

describe('a folder that is watched', () => {
  it('has the policies of the run, oldest first, and its learning curve', async () => {
    const folders = watch(original);
    const state = await folders.state();
    const [source] = state.sources;
    expect(source).toMatchObject({ env: 'CartPole-v1', seed: 5, training: false });
    expect(source!.checkpoints.map(({ name, iteration }) => [name, iteration])).toEqual([
      ['untrained', 0],
      ...[1, 2, 3, 4].map((iteration) => [`iteration ${iteration}`, iteration]),
    ]);
    for (const { url, iteration } of source!.checkpoints) {
      const found = await folders.file(url);
      expect(found!.kind).toBe('safetensors');
      expect(decodePolicy(found!.body).source.iteration).toBe(iteration);
      expect(Buffer.from(found!.body).equals(readFileSync(join(original, snapshot(iteration!))))).toBe(true);
    }
    const curve = await folders.file(source!.curve!.url);
    expect(curve!.kind).toBe('json');
    const { lines } = JSON.parse(Buffer.from(curve!.body).toString()) as WatchCurve;
    expect(lines.map(({ name }) => name)).toContain('training');
  });

  it('plays the checkpoint where it is newer than the snapshots, without the critic', async () => {
    const copy = copyRun();
    rmSync(join(copy, snapshot(4)));
    const folders = watch(copy);
    const newest = (await folders.state()).sources[0]!.checkpoints.at(-1)!;
    expect(newest.name).toBe('iteration 4');
    const bytes = (await folders.file(newest.url))!.body;
    expect(decodePolicy(bytes).parameters).toEqual(decodePolicy(readFileSync(join(original, snapshot(4)))).parameters);
  });

  it('knows a new checkpoint from an old one, also of the same size', async () => {
    const [young, old] = [join(folder, 'young'), join(folder, 'old')];
    const config = { ...tiny, iterations: 6, seed: 6, checkpointInterval: 1 } as const;
    const training = train(config, { runDirectory: young });
    for await (const { iteration } of training) if (iteration === 3) break;
    await train(config, { runDirectory: old }).finish();
    for (const directory of [young, old]) rmSync(join(directory, 'policies'), { recursive: true });
    rmSync(join(young, 'summary.json'));
    // The same configuration, further on: `young` becomes `old` as if its training went on.
    const folders = watch(young);
    const before = (await folders.state()).sources[0]!;
    for (const name of ['metrics.jsonl', 'checkpoint.safetensors', 'summary.json']) copyFileSync(join(old, name), join(young, name));
    expect(before).toMatchObject({ training: true, checkpoints: [{ iteration: 3 }] });
    await expect.poll(async () => (await folders.state()).sources[0]!.checkpoints.at(-1)!.version).not.toBe(before.checkpoints[0]!.version);
    const after = (await folders.state()).sources[0]!;
    expect(after.checkpoints.at(-1)!.iteration).toBe(6);
    expect(after.curve!.version).not.toBe(before.curve!.version);
    expect(after.training).toBe(false);
  });

  it('answers to who asks at the same time with the same reading', async () => {
    const folders = watch(original, copyRun());
    const states = await Promise.all(Array.from({ length: 50 }, () => folders.state()));
    expect(new Set(states).size).toBe(1);
    expect(await folders.state()).not.toBe(states[0]);
  });

  it('has nothing at an address that it did not give out', async () => {
    const folders = watch(original);
    const { url } = (await folders.state()).sources[0]!.checkpoints[1]!;
    expect(url).toBe('policies/0/1.safetensors');
    const others = [
      'policies/0/7.safetensors',
      'policies/0/01.safetensors',
      'policies/1/1.safetensors',
      'policies/0/../0/1.safetensors',
      'config.json',
    ];
    for (const address of [...others, 'checkpoint.safetensors', 'curves/1.json', '/etc/passwd', '', '__proto__']) {
      expect(await folders.file(address)).toBeUndefined();
    }
  });

  it('takes snapshots by the names that training gives them', async () => {
    const copy = copyRun();
    for (const name of ['7', '0000003', '3', '000003 ', '-1', '1e3', '99999999999999999999']) {
      copyFileSync(join(copy, snapshot(1)), join(copy, `policies/${name}.safetensors`));
    }
    const state = await watch(copy).state();
    expect(addresses(state)).toEqual([0, 1, 2, 3, 4].map((iteration) => `policies/0/${iteration}.safetensors`));
  });

  it('says what is missing', async () => {
    const copy = copyRun();
    rmSync(join(copy, 'policies'), { recursive: true });
    rmSync(join(copy, 'checkpoint.safetensors'));
    await expect(watch(copy).state()).rejects.toThrow(/runs\/x: expected a run with a checkpoint, got none yet/);
  });
});

describe('what is sent as a policy', () => {
  it.each<[string, (file: string) => void]>([
    ['text', (file) => writeFileSync(file, 'root:x:0:0:root:/root:/bin/sh\n')],
    ['nothing', (file) => writeFileSync(file, '')],
    ['half a policy', (file) => truncateSync(file, 900)],
    ['a checkpoint, which holds more than a policy', (file) => copyFileSync(join(original, 'checkpoint.safetensors'), file)],
    [
      'a policy with a flipped bit',
      (file) => {
        const bytes = readFileSync(file);
        bytes[bytes.length - 3]! ^= 0x40;
        writeFileSync(file, bytes);
      },
    ],
    ['a link to a file that is no policy', (file) => linkTo(file, join(original, 'config.json'))],
  ])('is not %s', async (_, spoil) => {
    const copy = copyRun();
    spoil(join(copy, snapshot(2)));
    const folders = watch(copy);
    // Refused at once, or when it is asked for.
    const asked = folders.state().then((state) => {
      expect(addresses(state)).toContain('policies/0/2.safetensors');
      return folders.file('policies/0/2.safetensors');
    });
    await expect(asked).rejects.toThrow(/000002\.safetensors: .*expected /);
  });

  it('is gone when its file is', async () => {
    const copy = copyRun();
    const folders = watch(copy);
    await folders.state();
    renameSync(join(copy, 'policies'), join(copy, 'elsewhere'));
    expect(await folders.file('policies/0/2.safetensors')).toBeUndefined();
  });
});

/** Puts a link in the place of a file. */
function linkTo(file: string, target: string): void {
  rmSync(file, { recursive: true, force: true });
  symlinkSync(target, file);
}

// The storage of runs opens regular files only and follows no link: `src/node/storage.ts` makes these true.
describe.skipIf(process.platform === 'win32')('what the storage of a watched folder refuses', () => {
  const pipes: string[] = [];
  function pipeAt(file: string): void {
    rmSync(file, { force: true });
    execFileSync('mkfifo', [file]);
    pipes.push(file);
  }
  afterEach(() => {
    // Whoever waits for the other end of a pipe would never go away.
    for (const pipe of pipes.splice(0)) {
      try {
        closeSync(openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {
        // Nobody waits.
      }
    }
  });

  /** What comes of asking for everything that the page asks for; the first error, or what was sent. */
  async function everything(directory: string): Promise<string> {
    const folders = watch(directory);
    const state = await folders.state();
    const asked = [...addresses(state), ...state.sources.flatMap(({ curve }) => (curve ? [curve.url] : []))];
    for (const address of asked) await folders.file(address);
    return `sent ${asked.length}`;
  }

  const inTime = (work: Promise<string>): Promise<string> =>
    Promise.race([work, new Promise<string>((resolve) => setTimeout(resolve, 3000, 'hangs'))]);

  const files = [snapshot(2), 'checkpoint.safetensors', 'config.json', 'metrics.jsonl'];

  /** Refused by name; of metrics that have no length nothing is asked for. */
  async function expectRefused(directory: string, name: string): Promise<void> {
    const outcome = await inTime(everything(directory)).catch((error: unknown) => String(error));
    const noCurve = name === 'metrics.jsonl' ? '|^sent 5$' : '';
    expect(outcome).toMatch(new RegExp(`${name.replaceAll('.', '\\.')}: expected ${noCurve}`));
  }

  it.each(files)('a link in the place of %s, whatever it names', async (name) => {
    const copy = copyRun();
    // To the very file that it replaces: only that it is a link is wrong with it.
    linkTo(join(copy, name), join(original, name));
    await expectRefused(copy, name);
  });

  it('a link in the place of the folder of policies', async () => {
    const copy = copyRun();
    linkTo(join(copy, 'policies'), join(original, 'policies'));
    await expect(inTime(everything(copy))).rejects.toThrow(/policies.*: expected /);
  });

  it.each(files)('a pipe in the place of %s: it does not wait', async (name) => {
    const copy = copyRun();
    pipeAt(join(copy, name));
    await expectRefused(copy, name);
  });

  it.each(files)('a device in the place of %s', async (name) => {
    const copy = copyRun();
    linkTo(join(copy, name), '/dev/null');
    await expectRefused(copy, name);
  });
});
