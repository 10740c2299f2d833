/** The script for Slurm in a shell, with a `squeue` and a `scontrol` of its own in place of Slurm's. */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slurmScript } from '../../../src/experiments/clusters/slurm.ts';

const evil = `a b'c"d$(touch pwned)\`touch pwned\`\n;touch pwned&|<>*?[x]{y}!#~\\`;
let folder = '';
let bin = '';
const tool = (name: string, text: string): void => {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
};

beforeAll(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cohort-slurm-')), "it's $(touch pwned)");
  bin = join(folder, 'bin');
  mkdirSync(bin, { recursive: true });
  tool('squeue', `echo "$*" > "${'$'}RECORD/squeue"; echo "${'$'}STATE"`);
  tool('scontrol', `echo "$*" > "${'$'}RECORD/scontrol"`);
});
afterAll(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

/** Runs a script as the third task of job 77; `onReady` when its program has written `ready`. */
function run(program: string, words: readonly string[], state: string, onReady?: (pid: number) => void, restarts = 0) {
  const record = mkdtempSync(join(folder, 'record-'));
  const command = [process.execPath, '-e', program, '--', ...words];
  const base = { name: 'x', id: 'x', tasks: 3, cpus: 1, directory: folder, logs: folder.replaceAll('"', ''), options: [] };
  const file = join(record, 'array.sh');
  writeFileSync(file, slurmScript({ ...base, command }));
  const slurm = { SLURM_ARRAY_JOB_ID: '77', SLURM_ARRAY_TASK_ID: '2', SLURM_RESTART_COUNT: String(restarts), RECORD: record, STATE: state };
  const child = spawn('bash', [file], { cwd: record, env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, ...slurm } });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('ready')) onReady?.(child.pid!);
  });
  const read = (name: string) => (existsSync(join(record, name)) ? readFileSync(join(record, name), 'utf8').trim() : undefined);
  return new Promise<{ code: number | null; output: string; squeue?: string; scontrol?: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output, squeue: read('squeue'), scontrol: read('scontrol') }));
  });
}

const print = 'console.log(JSON.stringify([process.cwd(), ...process.argv.slice(1)]))';
const wait = (answer: number): string =>
  `process.on('SIGTERM', () => setTimeout(() => process.exit(${answer}), 300)); console.log('ready'); setInterval(() => {}, 1000)`;
const term = (pid: number): void => void process.kill(pid, 'SIGTERM');

describe('a script for Slurm in a shell', () => {
  it('gives its program every word as it is, and the number of the task, in the folder of the export', async () => {
    const { code, output } = await run(print, ['task', evil, '--module', evil], 'RUNNING');
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual([folder, 'task', evil, '--module', evil, '--index', '2', '--job', 'slurm-77']);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('ends as its program does, and requeues nothing that failed by itself', async () => {
    for (const answer of [0, 1, 2]) {
      expect(await run(`process.exit(${answer})`, [], 'RUNNING')).toMatchObject({ code: answer, scontrol: undefined });
    }
  });

  it('passes a warning on, waits for the checkpoint, and goes back to the queue, this task alone', async () => {
    const { code, squeue, scontrol } = await run(wait(143), [], 'RUNNING', term);
    expect(scontrol).toBe('requeue 77_2');
    expect(squeue).toContain('--jobs=77_2');
    expect(code).toBe(143);
  });

  it('requeues nothing that was cancelled, that ended in spite of the warning, or that came back too often', async () => {
    expect((await run(wait(143), [], 'COMPLETING', term)).scontrol).toBeUndefined();
    expect(await run(wait(0), [], 'RUNNING', term)).toMatchObject({ code: 0, scontrol: undefined });
    expect((await run(wait(143), [], 'RUNNING', term, 100)).scontrol).toBeUndefined();
  });
});
