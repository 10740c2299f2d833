/** What the command does when it is told to end; signals.slow.node.test.ts has every place and every signal. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { interruptedLines, lossOf } from '../../src/cli/closing/interrupted.ts';
import { interruptedCode, onInterrupt } from '../../src/cli/interrupt.ts';
import { guardOutput } from '../../src/cli/output.ts';
import { createSeedState } from '../../src/display/state.ts';
import type { RunSummary } from '../../src/run/summary.ts';
import { jsonLines, makeFolder, removeFolders, runCli, tiny } from './runCli.ts';

const summaryIn = (folder: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'run', 'summary.json'), 'utf8'));
const isLocked = (folder: string): boolean => existsSync(join(folder, 'run', 'run.lock'));
const lastEvent = (stdout: string): string | undefined => /"event":"(\w+)"[^\n]*\n$/.exec(stdout)?.[1];
/** One iteration of it takes far longer than anyone waits. */
const endless = [...tiny, '--iterations', '3', '--num-envs', '16', '--num-steps', '4096', '--update-epochs', '1000', '--run-dir', 'run'];

describe('the command, told to end', () => {
  afterAll(removeFolders);

  it('plays no evaluation at the end, cuts off one that is being played, and goes on from there', async () => {
    const folder = makeFolder();
    const settings = ['--iterations', '2', '--final-evaluation-episodes', '100000', '--run-dir', 'run'];
    let told = false;
    const { code, stdout } = await runCli(['train', 'CartPole-v1', ...tiny, ...settings, '--json'], {
      cwd: folder,
      async onOutput(output, interrupt) {
        if (told || !output.includes('"event":"iteration","iteration":2')) return;
        told = true;
        await setTimeout(300);
        interrupt('SIGTERM');
      },
    });
    expect(code).toBe(143);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ event: 'summary', status: 'interrupted', iterations: 2, evaluation: null });
    expect(summaryIn(folder)).toMatchObject({ status: 'interrupted', iterations: 2, evaluation: null });
    expect(isLocked(folder)).toBe(false);
  });

  it('takes an output that ends after the signal, as that of a closed terminal does, for no second signal', async () => {
    const calls: string[] = [];
    guardOutput();
    const release = onInterrupt(
      () => calls.push('first'),
      () => calls.push('last'),
    );
    process.emit('SIGHUP', 'SIGHUP');
    await setTimeout(600);
    process.stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    release();
    expect([calls, interruptedCode()]).toEqual([['first'], 129]);
  });

  it('says how far it came', () => {
    const summary = { iterations: 2, status: 'interrupted' } as RunSummary;
    const lines = (iterations: number): string[] =>
      interruptedLines([{ kind: 'done', seed: 1, summary }], [], { isKept: true, several: false, iterations });
    expect(lines(2)).toEqual([' before the evaluation at the end was over; the checkpoint is written.']);
    expect(lines(3)).toEqual([' at iteration 2 of 3; the checkpoint is written.']);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s in an iteration that does not end in time: says what is lost, and gives back the lock', async (signal, expected) => {
    const folder = makeFolder();
    const { code, stdout } = await runCli(['train', 'CartPole-v1', ...endless], {
      cwd: folder,
      onOutput: (output, interrupt) => {
        if (output.includes('CartPole-v1') && !output.includes('interrupted')) void setTimeout(500).then(() => interrupt(signal));
      },
    });
    expect(code).toBe(expected);
    expect(stdout).toMatch(
      /Interrupted in iteration 1 of 3: iteration 1 did not end in time and is lost; the last checkpoint is that of iteration 0\./,
    );
    expect([isLocked(folder), existsSync(join(folder, 'run', 'summary.json'))]).toEqual([false, false]);
    const resumed = await runCli(['resume', 'run', '--json'], {
      cwd: folder,
      onOutput: (output, interrupt) => lastEvent(output) === 'config' && interrupt(),
    });
    expect(resumed.code).toBe(130);
    expect(jsonLines(resumed.stdout)[0]).toMatchObject({ event: 'config', resumed: true });
    expect(resumed.stderr).toBe(
      'interrupted: seed 1: iteration 1 did not end in time and is lost; the checkpoint that it went on from stands\n',
    );
    expect(isLocked(folder)).toBe(false);
  });

  it('twice: ends at once, and gives back the lock', async () => {
    const folder = makeFolder();
    let told = 0;
    const { code, stdout } = await runCli(['train', 'CartPole-v1', ...endless], {
      cwd: folder,
      async onOutput(output, interrupt) {
        if (told++ > 0 || !output.includes('CartPole-v1')) return;
        await setTimeout(500);
        interrupt('SIGTERM');
        await setTimeout(700);
        interrupt('SIGTERM');
      },
    });
    expect(code).toBe(143);
    expect(stdout).not.toContain('Interrupted');
    expect(isLocked(folder)).toBe(false);
  });

  it('says where a seed goes on that was cut off', () => {
    const seed = createSeedState(3, 10, { followed: '', timeParts: {} });
    expect(lossOf(seed)).toBe('iteration 1 did not end in time and is lost; there is no checkpoint yet');
    Object.assign(seed, { iteration: 7, checkpoint: 5 });
    expect(lossOf({ ...seed, iteration: seed.iterations })).toMatch(/^the evaluation at the end did not end in time; the last checkpoint/);
    expect(lossOf(seed)).toBe('iteration 8 did not end in time and is lost; the last checkpoint is that of iteration 5');
  });
});
