/**
 * Where a signal can come x which signal: the command ends in time with the customary code, gives its locks back, and goes on to what a command left
 * alone gives. The table that is printed is the one in docs/interruption.md.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-signals-'));
const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type Signal = keyof typeof codes;
// What Docker gives; two seconds are the promise, on a machine that has nothing else to do.
const longestSeconds = 10;

interface Event {
  readonly event: string;
  readonly iteration?: number;
}

interface Place {
  /** The command; its folder is added. */
  readonly words: readonly string[];
  /** The event after which the signal comes, and how long after. */
  isThere(event: Event): boolean;
  readonly milliseconds: number;
  /** Which checkpoint stands. Default: that of the iteration that was done. */
  readonly kept?: 'the last written' | 'none yet';
}

const isIteration =
  (iteration: number) =>
  (event: Event): boolean =>
    event.event === 'iteration' && event.iteration === iteration;
const isConfig = ({ event }: Event): boolean => event === 'config';

const cartPole = ['train', 'CartPole-v1', '--recipe', 'none', '--num-envs', '16'];
const many = ['--evaluation-episodes', '20000', '--evaluation-interval', '2', '--iterations', '4'];
const long = [
  '--num-steps',
  '4096',
  '--update-epochs',
  '80',
  '--evaluation-interval',
  '0',
  '--checkpoint-interval',
  '1',
  '--iterations',
  '2',
];
const model = ['lm', 'train', 'add-2digit', '--iterations', '3', '--evaluation-interval', '2'];
const warmed = [...model, '--warm-start-accuracy', '0', '--min-valid-fraction', '0'];
const matrix = join(folder, 'matrix.yaml');
writeFileSync(
  matrix,
  `seeds: 2
settings: { env: CartPole-v1, recipe: none, numEnvs: 16, numSteps: 4096, updateEpochs: 80, evaluationInterval: 0, checkpointInterval: 1, iterations: 2 }
`,
);

const places: Readonly<Record<string, Place>> = {
  'evaluation at the start': { words: [...cartPole, ...many], isThere: isConfig, milliseconds: 700 },
  'evaluation in between': { words: [...cartPole, ...many], isThere: isIteration(2), milliseconds: 300 },
  'evaluation at the end': {
    words: [...cartPole, '--iterations', '4', '--final-evaluation-episodes', '20000'],
    isThere: isIteration(4),
    milliseconds: 700,
  },
  'between iterations': { words: [...cartPole, '--iterations', '200'], isThere: isIteration(20), milliseconds: 0 },
  'one long update': { words: [...cartPole, ...long], isThere: isIteration(1), milliseconds: 500, kept: 'the last written' },
  'several seeds': { words: [...cartPole, '--iterations', '100', '--seed', '1,2,3'], isThere: isIteration(20), milliseconds: 0 },
  'several seeds, long updates': {
    words: [...cartPole, ...long, '--seed', '1,2'],
    isThere: isIteration(1),
    milliseconds: 500,
    kept: 'the last written',
  },
  'warm start of a language model': {
    words: [...model, '--warm-start-accuracy', '0.1'],
    isThere: isConfig,
    milliseconds: 300,
    kept: 'none yet',
  },
  'evaluation of a language model': { words: [...warmed, '--evaluation-prompts', '10000'], isThere: isConfig, milliseconds: 500 },
  'sampling of a language model': {
    words: [...warmed, '--num-groups', '256', '--group-size', '64'],
    isThere: isIteration(1),
    milliseconds: 200,
  },
  sweep: {
    words: ['sweep', matrix, '--jobs', '2'],
    isThere: ({ event }) => event === 'progress',
    milliseconds: 500,
    kept: 'the last written',
  },
};

const isSweep = ({ words }: Place): boolean => words[0] === 'sweep';
const folderFlag = (place: Place, directory: string): string[] => [isSweep(place) ? '--results' : '--run-dir', directory];

/** Where a command runs: a folder of its own, so that none finds the warm start of another. */
const makeHere = (): string => mkdtempSync(join(folder, 'here-'));

/** Runs the command; where it is told to, sends the signal at the place. Its exit code and the seconds from the signal on. */
async function run(
  cwd: string,
  words: readonly string[],
  place?: Place,
  signal?: Signal,
): Promise<{ code: number | null; seconds: number }> {
  const child = spawn(process.execPath, [cli, ...words, '--json'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let rest = '';
  const there = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (place?.isThere(JSON.parse(line) as Event)) resolve();
    });
  });
  if (!place || !signal) return { code: await ended, seconds: 0 };
  await Promise.race([there, ended]);
  await setTimeout(place.milliseconds);
  expect(child.exitCode, 'it had ended before the signal came').toBeNull();
  const before = performance.now();
  child.kill(signal);
  const code = await ended;
  return { code, seconds: (performance.now() - before) / 1000 };
}

/** What a run or a sweep ended with, without what a clock decides. */
function outcomeOf(place: Place, directory: string): unknown {
  if (!isSweep(place)) return JSON.parse(readFileSync(join(directory, 'summary.json'), 'utf8')).parametersSha256;
  const lines = readFileSync(join(directory, 'CartPole-v1.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line).parametersSha256).sort();
}

const locksIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('run.lock'));

describe('a signal', () => {
  const wholes = new Map<string, unknown>();
  const seconds = new Map<string, number>();
  afterAll(() => {
    const heading = Object.entries(codes).map(([signal, code]) => `${signal} (${code})`);
    const rows = Object.entries(places).map(([where, { kept }]) => {
      const times = Object.keys(codes).map((signal) => `${seconds.get(`${where} ${signal}`)?.toFixed(1) ?? '–'} s`);
      return `| ${[where, ...times, kept ?? 'of the iteration'].join(' | ')} |`;
    });
    const lines = [`| where | ${heading.join(' | ')} | checkpoint |`, '| --- | ---: | ---: | ---: | --- |', ...rows];
    process.stdout.write(`\n${lines.join('\n')}\n\n`);
    rmSync(folder, { recursive: true, force: true });
  });

  const cases = Object.keys(places).flatMap((where) => Object.keys(codes).map((signal) => [where, signal as Signal] as const));
  it.each(cases)('%s, %s', async (where, signal) => {
    const place = places[where]!;
    if (!wholes.has(where)) {
      const directory = join(folder, `${where}-whole`);
      expect((await run(makeHere(), [...place.words, ...folderFlag(place, directory)])).code).toBe(0);
      wholes.set(where, outcomeOf(place, directory));
    }
    const directory = join(folder, `${where}-${signal}`);
    const begin = [...place.words, ...folderFlag(place, directory)];
    const here = makeHere();
    const ended = await run(here, begin, place, signal);
    expect(ended.code).toBe(codes[signal]);
    expect(ended.seconds).toBeLessThan(longestSeconds);
    expect(locksIn(directory)).toEqual([]);
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    expect(files.some((name) => name.endsWith('checkpoint.safetensors'))).toBe(place.kept !== 'none yet');
    expect((await run(here, isSweep(place) ? begin : ['resume', directory])).code).toBe(0);
    expect(outcomeOf(place, directory)).toEqual(wholes.get(where));
    seconds.set(`${where} ${signal}`, ended.seconds);
  });
});
