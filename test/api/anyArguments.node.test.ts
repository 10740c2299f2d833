import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as library from '../../src/node/index.ts';

const { CohortError: _class, ...rest } = library;
const functions = Object.entries(rest).filter(
  (entry): entry is [string, (...words: unknown[]) => unknown] => typeof entry[1] === 'function',
);

const before = process.cwd();
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cohort-'));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const nothing = Object.create(null) as object;
const strange: readonly unknown[] = [
  ...[undefined, null, true, 0, 1, -1, 2.5, Number.NaN, Number.POSITIVE_INFINITY, 1e9, 10n, Symbol('s'), nothing, () => 1, class A {}],
  ...['', 'x', 'none', 'CartPole-v1', 'add-2digit', 'gpg', 'runs', '__proto__', 'constructor', '\u001b[2J', 'A'.repeat(100_000), '../..'],
  ...[[], [1], [[[[1]]]], [undefined], {}, { a: { b: { c: {} } } }, new Map(), new Set([1]), new Date(0), /x/, new Error('e')],
  ...[new Uint8Array(8), new Float32Array(2), new ArrayBuffer(8), Promise.resolve(1), new Proxy({}, {})],
];
const anything = fc.constantFrom(...strange);
const fieldNames = [
  ...['env', 'algorithm', 'recipe', 'envOptions', 'bins', 'seed', 'numEnvs', 'iterations', 'hiddenSizes', 'targetKl', 'signal', 'onEvent'],
  ...[
    'task',
    'estimator',
    'runDirectory',
    'episodes',
    'maxSteps',
    'threads',
    'settings',
    'axes',
    'seeds',
    'directory',
    'id',
    'make',
    'name',
  ],
  ...[
    'observationSpace',
    'actionSpace',
    'parameters',
    'spec',
    'source',
    'file',
    'kind',
    'iteration',
    'stopAfter',
    'options',
    'simultaneous',
  ],
  ...['__proto__', 'fields', 'low', 'high', 'shape', 'n', 'prompt', 'reward', 'baseline', 'loss', 'reset', 'step', 'greedy', 'play'],
];
const record = fc
  .array(fc.tuple(fc.constantFrom(...fieldNames), anything), { maxLength: 4 })
  .map((entries) => Object.fromEntries(entries) as Record<string, unknown>);
const onEnvironment = record.map((fields) => ({ env: 'CartPole-v1', ...fields }));
const ofLanguage = record.map((fields) => ({ task: 'add-2digit', ...fields }));
const argument = fc.oneof(anything, anything, record, onEnvironment, ofLanguage);

/** The error of a call, and of the promise that it gives; `undefined` where there is none. */
async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('nothing was thrown');
  }
}

function shown(words: readonly unknown[]): string {
  return words
    .map((word) => {
      const isRecord = typeof word === 'object' && word !== null && !Array.isArray(word) && !ArrayBuffer.isView(word);
      return isRecord
        ? `{ ${Object.entries(word).map(([key, value]) => `${key}: ${typeof value === 'string' ? value.slice(0, 20) : typeof value}`)} }`
        : String(
            typeof word === 'string'
              ? `'${word.slice(0, 20)}'`
              : typeof word === 'object' && word
                ? Object.prototype.toString.call(word)
                : typeof word === 'symbol'
                  ? 'symbol'
                  : word,
          );
    })
    .join(', ');
}

describe('every function of the package', () => {
  it('takes any arguments, or answers in words', async () => {
    const calls = fc.sample(fc.tuple(fc.constantFrom(...functions), fc.array(argument, { maxLength: 3 })), {
      numRuns: 1500,
      seed: 20_261_128,
    });
    const raw = new Map<string, string>();
    for (const [[name, call], words] of calls) {
      const error = await errorOf(() => call(...words));
      if (error === undefined || error instanceof library.CohortError) continue;
      const where = (error as Error).stack?.split('\n').find((line) => line.includes('/src/')) ?? '';
      raw.set(`${name} ${where.replace(/.*\/src\//, '')} ${String(error).slice(0, 100)}`, `${name}(${shown(words)})`);
    }
    expect([...raw].map(([what, how]) => `${what} <- ${how}`)).toEqual([]);
  }, 120_000);
});
