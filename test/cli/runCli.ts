/** Runs the built command as a user would, in a folder of its own. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** `dist/cli.js`, which the tests' global setup builds. */
export const cli: string = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** How the command ended and what it wrote. */
export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface CliOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Called with everything written so far, whenever something is written. */
  readonly onOutput?: (stdout: string, interrupt: (signal?: NodeJS.Signals) => void) => void;
  /** Where standard output goes instead of into the result. */
  readonly stdout?: number;
  /** What stands on standard input; default nothing. */
  readonly input?: string;
  /** A line for the shell before the command: limits. */
  readonly limits?: string;
}

// What npm and the terminal of whoever runs the tests would say.
const foreign = /^(npm_|NO_COLOR$|FORCE_COLOR$|COHORT_|NODE_OPTIONS$)/;

/** Runs `cohort-rl ...words`. */
export function runCli(words: readonly string[], options: CliOptions): Promise<CliResult> {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  const command = [process.execPath, cli, ...words];
  const [program, ...rest] = options.limits === undefined ? command : ['sh', '-c', `${options.limits}; exec "$@"`, 'sh', ...command];
  const child = spawn(program!, rest, {
    cwd: options.cwd,
    env: { ...inherited, ...options.environment },
    stdio: [options.input === undefined ? 'ignore' : 'pipe', options.stdout ?? 'pipe', 'pipe'],
  });
  child.stdin?.end(options.input);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onOutput?.(stdout, (signal = 'SIGINT') => child.kill(signal));
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const made: string[] = [];

/** A new empty folder; `removeFolders` takes all of them away. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cohort-cli-'));
  made.push(folder);
  return folder;
}

/** Takes away what `makeFolder` made. */
export function removeFolders(): void {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Every file below a folder with the hash of its bytes, every folder with a dash. */
export function snapshot(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry): [string, string] => {
    const path = join(entry.parentPath, entry.name);
    const bytes = entry.isFile() ? createHash('sha256').update(readFileSync(path)).digest('hex') : '-';
    return [path.slice(folder.length + 1), bytes];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The lines of `--json`. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** Flags of a run that is over in a moment. */
export const tiny: readonly string[] = [
  ...['--num-envs', '2', '--num-steps', '16', '--num-minibatches', '2', '--hidden-sizes', '8'],
  ...['--evaluation-interval', '0', '--final-evaluation-episodes', '2'],
];

/** Flags of a run of a language model that is over in a moment; without a warm start, so with prompts as they come. */
export const tinyModel: readonly string[] = [
  ...[
    '--num-groups',
    '4',
    '--group-size',
    '4',
    '--hidden-size',
    '16',
    '--num-hidden-layers',
    '1',
    '--num-attention-heads',
    '2',
    '--intermediate-size',
    '16',
  ],
  ...['--warm-start-accuracy', '0', '--min-valid-fraction', '0'],
  ...['--evaluation-prompts', '10', '--final-evaluation-prompts', '20', '--evaluation-samples', '2'],
];
