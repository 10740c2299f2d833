/**
 * `cohort-rl runs [folder]`: the runs below a folder, newest first.
 */

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { maxFileBytes, parseJsonObject, readPlainSync } from '../node/early.ts';
import { mean } from '../statistics/index.ts';
import { stepLines } from './closing/nextSteps.ts';
import { answer, type Context, type Tools } from './context.ts';
import { type FoundSeed, findRun, knownRuns } from './findRun.ts';
import { commandLine, shownPath } from './invocation.ts';
import { SuggestedOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { runsFolder } from './runFolders.ts';
import { cutTo, formatNumber, formatSeconds, type Paint, table } from './terminal.ts';
import { parseChoice } from './values.ts';

interface RunsFlags {
  readonly json?: boolean;
  readonly target?: string;
  readonly status?: string;
  readonly name?: string;
  readonly tag?: string;
  readonly limit?: string;
}

const statuses = ['running', 'done', 'stopped', 'interrupted', 'failed', 'damaged'] as const;
type Status = (typeof statuses)[number];

/** One line of the list. */
interface Listed {
  readonly runDirectory: string;
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly target: string;
  readonly method: string;
  readonly seeds: readonly (number | string)[];
  readonly status: Status;
  readonly iteration: number;
  readonly iterations: number;
  /** Means over seeds of the last evaluation. */
  readonly sampled: number | null;
  readonly greedy: number | null;
  readonly seconds: number;
  /** Milliseconds since 1970 of the last change. */
  readonly changed: number;
  /** What is wrong with a folder that is damaged. */
  readonly message?: string;
}

/** Adds `runs` to the program. */
export function addRuns(program: Command, context: Context): void {
  program
    .command('runs')
    .description('list the runs of a folder, newest first')
    .argument('[folder]', `where to look (default: ${runsFolder})`)
    .option('--target <text>', 'only runs on environments or tasks whose id holds this text')
    .option('--name <text>', 'only runs whose name holds this text')
    .option('--tag <text>', 'only runs with this tag')
    .addOption(
      new SuggestedOption('--status <status>', `only runs of this status: ${statuses.join(', ')}`, () =>
        statuses.map((name) => [name, 'status']),
      ),
    )
    .option('--json', 'write one JSON line per run')
    .action(answer(context, runRuns));
}

/** When a file of the run was last written. */
function changedAt(directory: string, names: readonly string[]): number {
  const times = names.map((name) => {
    try {
      return statSync(join(directory, name)).mtimeMs;
    } catch {
      return 0;
    }
  });
  return times.reduce((latest, time) => Math.max(latest, time), 0);
}

/** The iteration of the last whole line of metrics.jsonl: what a run that has not ended has reached. */
function reached(directory: string, name: string): number {
  try {
    const text = new TextDecoder().decode(readPlainSync(join(directory, name), maxFileBytes));
    const last = text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1) ?? '';
    return Number(parseJsonObject(last)?.iteration ?? 0);
  } catch {
    return 0;
  }
}

const meanOf = (values: readonly number[]): number | null => (values.length > 0 ? mean(values) : null);

/** The worst first: what needs attention is what is said of several seeds. */
const urgency: readonly Status[] = ['running', 'failed', 'interrupted', 'stopped', 'done'];

async function look(path: string, { library }: Tools): Promise<Listed> {
  const { runFiles } = library;
  const files = [runFiles.summary, runFiles.metrics, runFiles.checkpoint, runFiles.config];
  try {
    const { road, labels, seeds } = findRun(path, 'runs', library, { modules: false });
    const statusOf = async ({ directory, summary }: FoundSeed): Promise<Status> => {
      if (await library.isBeingWritten(directory)) return 'running';
      return summary ? summary.status : 'interrupted';
    };
    const found = await Promise.all(seeds.map(statusOf));
    const config = seeds[0]?.config ?? {};
    if (Object.keys(config).length === 0) throw new Error(`its ${runFiles.config} cannot be read`);
    const broken = seeds.find(({ directory, summary }) => !summary && existsSync(join(directory, runFiles.summary)));
    if (broken) throw new Error(`${shownPath(join(broken.directory, runFiles.summary))} is no summary; delete it and resume the run`);
    const summaries = seeds.flatMap(({ summary }) => (summary ? [summary] : []));
    const of = (policy: 'sampled' | 'greedy'): number[] => summaries.flatMap(({ evaluation }) => evaluation?.[policy].mean ?? []);
    const iterations = seeds.map(({ directory, summary }) => summary?.iterations ?? reached(directory, runFiles.metrics));
    return {
      runDirectory: shownPath(path),
      ...(labels as Pick<Listed, 'name' | 'tags'>),
      target: String(config[road.target.key] ?? '?'),
      method: String(config[road.methodKey] ?? '?'),
      seeds: seeds.map(({ seed, config: own }) => seed ?? Number(own.seed ?? 0)),
      status: urgency.find((status) => found.includes(status)) ?? 'done',
      iteration: Math.min(...iterations),
      iterations: Number(config.iterations ?? 0),
      sampled: meanOf(of('sampled')),
      greedy: meanOf(of('greedy')),
      seconds: summaries.reduce((most, { seconds }) => Math.max(most, seconds), 0),
      changed: seeds.reduce((latest, { directory }) => Math.max(latest, changedAt(directory, files)), 0),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const none = { target: '?', method: '?', seeds: [], iteration: 0, iterations: 0, sampled: null, greedy: null, seconds: 0 };
    return { runDirectory: shownPath(path), ...none, status: 'damaged', changed: changedAt(path, files), message };
  }
}

/** Whether there is a folder of that name, or nothing: a folder of runs that is still to come. */
function isFolder(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true;
  } catch {
    return false;
  }
}

/** `3 min ago`, `2 days ago`. */
function ago(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1000);
  const units: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ];
  for (const [size, unit] of units) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit} ago`;
  return 'just now';
}

const styles: Partial<Record<Status, Parameters<Paint>[0]>> = { running: 'cyan', failed: 'red', damaged: 'red', interrupted: 'yellow' };

async function runRuns(folder: string | undefined, flags: RunsFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const { json, target = '', name = '', tag } = flags;
  const status = flags.status === undefined ? undefined : parseChoice('--status', flags.status, statuses, library);
  if (folder !== undefined && !isFolder(folder))
    throw library.mistake('runs', 'a folder', `${library.show(folder)}, which is none`, `leave it out for ${runsFolder}`);
  const paths = knownRuns(library, undefined, folder ?? runsFolder);
  const all = await Promise.all(paths.map((path) => look(path, tools)));
  const listed = all
    .filter((run) => (run.name ?? '').includes(name) && (tag === undefined || run.tags?.includes(tag)))
    .filter((run) => run.target.includes(target) && (status === undefined || run.status === status))
    .sort((a, b) => b.changed - a.changed);
  if (json) {
    for (const run of listed) writeJson({ event: 'run', ...run, changed: new Date(run.changed).toISOString() });
    return;
  }
  if (listed.length === 0) {
    const where = shownPath(folder ?? runsFolder);
    writeLine(
      paths.length > 0
        ? `None of the ${paths.length} runs in ${where} fits.`
        : `No runs in ${where}. Make one: ${paint('cyan', commandLine('train', 'CartPole-v1'))}`,
    );
    return;
  }
  const now = library.wallMilliseconds();
  const [isNamed, isTagged] = [listed.some((run) => run.name !== undefined), listed.some((run) => run.tags)];
  const rows = listed.map((run) => [
    run.runDirectory,
    ...(isNamed ? [run.name ?? ''] : []),
    ...(isTagged ? [run.tags?.join(', ') ?? ''] : []),
    run.target,
    run.method,
    run.seeds.length > 3 ? `${run.seeds.length} seeds` : run.seeds.join(','),
    paint(
      styles[run.status] ?? 'gray',
      run.iteration < run.iterations ? `${run.status}, ${run.iteration} of ${run.iterations}` : run.status,
    ),
    formatNumber(run.sampled),
    formatNumber(run.greedy),
    run.seconds > 0 ? formatSeconds(run.seconds) : '',
    ago(now - run.changed),
  ]);
  const labelHeading = [...(isNamed ? ['name'] : []), ...(isTagged ? ['tags'] : [])];
  const heading = ['run', ...labelHeading, 'task', 'method', 'seeds', 'status', 'sampled', 'greedy', 'took', 'changed'];
  const columns = process.stdout.isTTY ? (process.stdout.columns ?? 80) : Number.POSITIVE_INFINITY;
  for (const line of table(heading, rows, { paint, rightAligned: [5, 6, 7, 8].map((column) => column + labelHeading.length) }))
    writeLine(cutTo(line, columns));
  for (const { runDirectory, message } of listed) if (message !== undefined) writeLine(`${paint('red', runDirectory)}: ${message}`);
  const ended = listed.filter((run) => run.status === 'done' || run.status === 'stopped');
  const [first] = ended;
  if (!first) return;
  const second = ended.slice(1).find((run) => run.target === first.target);
  const steps = [{ purpose: 'look closer', words: ['eval', first.runDirectory] }];
  if (second) steps.push({ purpose: 'compare', words: ['compare', second.runDirectory, first.runDirectory] });
  for (const line of stepLines(steps, [], paint)) writeLine(line);
}
