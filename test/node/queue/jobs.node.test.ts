/** Runs in a queue are checked in full by the worker that takes them. */
import { describe, expect, it, vi } from 'vitest';
import { resolveRun } from '../../../src/api/experiments.ts';
import { runIdentity } from '../../../src/experiments/identity.ts';
import { cohort } from '../../../src/node/library.ts';
import { checkQueuedRun, jobIdOf, type QueuedRun, queuedRun, queueName } from '../../../src/node/queue/jobs.ts';

const openModel = vi.fn(async () => undefined);
const resolve = (input: Readonly<Record<string, unknown>>, subject: string) => resolveRun(cohort.context, input, subject);
const library = { resolve, openModel, openTokenizer: async () => undefined };
const input = { env: 'CartPole-v1', iterations: 2, seed: 3 };
const resolved = resolve(input, 'test');
const run = queuedRun({ identity: runIdentity(resolved), road: resolved.road, input }, 'gpg, seed 3', false);

describe('a run in a queue', () => {
  it('is what was submitted', async () => {
    expect(await checkQueuedRun(JSON.parse(JSON.stringify(run)), jobIdOf(run), library)).toEqual(run);
  });

  it('has the number of its configuration, and of what is kept of it', () => {
    const id = jobIdOf(run);
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    expect(jobIdOf({ ...run, input: { ...run.input, env: 'CartPole-v1' } })).toBe(id);
    expect(jobIdOf({ ...run, keepAll: true })).not.toBe(id);
    expect(jobIdOf({ ...run, input: { ...run.input, policySnapshots: 4 } })).not.toBe(id);
  });

  it('waits in the queue of its build', () => {
    expect(queueName({ version: '0.1.0', digest: '0123456789ab' })).toBe('runs-0.1.0-0123456789ab');
  });

  const other = (changes: Partial<Record<keyof QueuedRun, unknown>>): unknown => ({ ...run, ...changes });
  it.each([
    ['no run', 'x', /expected a run as cohort-rl submits it/],
    ['a format of tomorrow', other({ protocol: 2 }), /protocol: expected a run as cohort-rl submits it/],
    ['code beside the data', other({ code: 'process.exit()' } as never), /Unrecognized key: "code"/],
    [
      'another build',
      other({ build: { version: '9.9.9', digest: '0123456789ab' } }),
      /expected a run of build .*, this worker's, got one of 9\.9\.9 \(0123456789ab\); install the same package on both machines/,
    ],
    ['an unknown environment', other({ input: { ...input, env: 'CartPole-v9' } }), /CartPole/],
    ['a field out of range', other({ input: { ...input, iterations: -1 } }), /iterations/],
    [
      'other settings than its number',
      other({ input: { ...input, iterations: 3 } }),
      /expected the run that its number stands for, got another/,
    ],
    [
      'a server that is to get the worker’s key',
      other({ input: { ...input, backend: 'tinker', url: 'http://evil' } }),
      /backend: expected kernels/,
    ],
    ['a path of the submitter', other({ input: { ...input, model: '/etc/passwd' } }), /model: expected a name of the hub/],
  ])('with %s is refused', async (_, data, sentence) => {
    await expect(checkQueuedRun(data, jobIdOf(run), library)).rejects.toThrow(sentence);
    expect(openModel).not.toHaveBeenCalled();
  });

  it('under another number is refused', async () => {
    await expect(checkQueuedRun(run, '0'.repeat(64), library)).rejects.toThrow(
      /job 000000000000: expected the run that its number stands for/,
    );
  });

  it('of a pretrained model names one of the hub', () => {
    const named = { identity: run.identity, road: 'language-models', input: { task: 'sort', model: 'models/mine.gguf' } } as const;
    expect(() => queuedRun(named, 'mine', false)).toThrow(
      /mine: model: expected a name of the hub, hf:owner\/name, .*; name one, or run it without --queue/,
    );
    expect(queuedRun({ ...named, input: { ...named.input, model: 'hf:owner/name' } }, 'hub', false).input.model).toBe('hf:owner/name');
  });
});
