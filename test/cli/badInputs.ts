/** Cases of bad input: what is typed wrongly, and what must come of it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { runProgram } from '../../src/cli/program.ts';
import { type CliResult, makeFolder, runCli, snapshot } from './runCli.ts';

/** One mistake. */
export interface Case {
  /** What is wrong. */
  readonly name: string;
  readonly words: readonly string[];
  /** Makes the mistake in a copy of the stock. */
  readonly prepare?: (folder: string) => void;
  /** Part of the message: what the user has to know. */
  readonly says: RegExp;
  /** 2 by default: a failure of the machine or of a file is 1. */
  readonly code?: 1 | 2;
}

/** Makes a file. */
export const write = (name: string, content: string | Uint8Array) => (folder: string) => writeFileSync(join(folder, name), content);

/** Changes a file. */
export const edit = (name: string, change: (text: string) => string) => (folder: string) => {
  const path = join(folder, name);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
};

/** Runs a case in this process: as fast as a function call, for mistakes that are found before any thread is started. */
export async function runHere(words: readonly string[], folder: string): Promise<CliResult> {
  const { argv, exitCode } = process;
  const home = process.cwd();
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  try {
    process.chdir(folder);
    process.argv = [process.execPath, 'cohort-rl', ...words];
    return { code: await runProgram(process.argv), ...written };
  } finally {
    process.chdir(home);
    Object.assign(process, { argv, exitCode });
    for (const spy of spies) spy.mockRestore();
  }
}

/** Runs a case in a copy of the stock and checks the message, the exit code, and that nothing was changed. */
export async function checkCase(stock: string, { words, prepare, says, code = 2 }: Case, run: typeof runHere): Promise<void> {
  const folder = makeFolder();
  cpSync(stock, folder, { recursive: true });
  prepare?.(folder);
  const before = snapshot(folder);
  const { stderr, stdout, code: answer } = await run(words, folder);
  expect(stderr).toMatch(says);
  expect(stderr).toMatch(/^error: .*expected .+, got .+; .+/s);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr.split('\n').length).toBeLessThan(15);
  expect(stdout).toBe('');
  expect(answer).toBe(code);
  // Nothing was overwritten, and nothing was left lying about.
  expect(snapshot(folder)).toEqual(before);
}

/** Runs a case as a process of its own. */
export const outside: typeof runHere = (words, folder) => runCli(words, { cwd: folder });
