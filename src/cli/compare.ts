/**
 * `cohort-rl compare <runs...>`: how runs compare, with intervals.
 */
import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Cell, ComparedCell, CompareOptions } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { fieldOf } from './flags.ts';
import { moduleOption } from './modules.ts';
import { SuggestedOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { readCells, resultsArgument } from './results.ts';
import { formatSmall, table, visibleWidth } from './terminal.ts';
import { fileToWrite, nearest, parseChoice } from './values.ts';

interface CompareFlags {
  readonly policy?: string;
  readonly baseline?: string;
  readonly within?: string;
  readonly paired?: boolean;
  readonly csv?: string;
  readonly rliable?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

const policies = ['sampled', 'greedy'] as const;

/** The option `--policy`. */
function policyOption(): SuggestedOption {
  const suggest = (): [string, string][] => policies.map((name) => [name, `returns of the ${name} policy`]);
  return new SuggestedOption('--policy <kind>', 'which returns: of the sampled or the greedy policy (default: sampled)', suggest);
}

/** Adds `compare` to the program. */
export function addCompare(program: Command, context: Context): void {
  program
    .command('compare')
    .description('compare runs, seeds and sweeps: means, intervals, tests')
    .addArgument(resultsArgument())
    .addOption(policyOption())
    .option('--baseline <cell>', 'what the others are compared with (default: the first of each task)')
    .option('--within <fields>', 'settings that make tasks of their own, each with its baseline: numEnvs')
    .option('--paired', 'compare run with run of the same seed')
    .option('--csv <file>', 'also write the score of every run')
    .option('--rliable <file>', 'also write the scores as rliable reads them')
    .option('--overwrite', 'replace files that are there')
    .option('--json', 'write one JSON line per cell')
    .addOption(moduleOption())
    .action(answer(context, runCompare));
}

/** What a comparison says, in words, no wider than the terminal. */
function sentence({ cell, against }: ComparedCell, baselines: ReadonlySet<string>, { paint, library }: Tools): string[] {
  if (!against) return baselines.has(cell.name) ? [] : [`${cell.name}: no comparison: it takes a baseline, and two seeds on each side`];
  const { baseline, difference, pValue, improvement, reading } = against;
  const percent = (share: number): string => String(Math.round(share * 100));
  const better = `better in ${percent(improvement.estimate)} % of pairs [${percent(improvement.low)}, ${percent(improvement.high)}]`;
  const words = reading === 'no difference shown' ? `no difference shown from ${baseline}` : `${paint('bold', reading)} than ${baseline}`;
  const numbers = [`difference ${library.formatInterval(difference)}`, `p = ${formatSmall(pValue)}`, better];
  const line = `${cell.name}: ${words} (${numbers.join(', ')})`;
  if (visibleWidth(line) <= (process.stdout.columns ?? 100)) return [line];
  return [`${cell.name}: ${words}`, ...numbers.map((part) => `  ${part}`)];
}

/** Every method over all its tasks. */
function overallLines(compared: readonly ComparedCell[], options: CompareOptions, { library, paint }: Tools): string[] {
  const percent = (share: number): string => String(Math.round(100 * share));
  const rows = library.compareOverall(compared, options).map(({ method, tasks, improvement, higher, lower }) => {
    const better = `${percent(improvement.estimate)} % [${percent(improvement.low)}, ${percent(improvement.high)}]`;
    return [method, String(tasks), better, String(higher), String(lower)];
  });
  return ['', ...table(['method', 'tasks', 'better in', 'higher', 'lower'], rows, { paint, rightAligned: [1, 2, 3, 4] })];
}

/** Fields of the settings, under the name of the field or of its flag. Throws `CohortError` for what no run has. */
function readWithin(text: string, cells: readonly Cell[], library: Tools['library']): string[] {
  const known = [...new Set(cells.flatMap(({ runs }) => runs.flatMap(({ settings }) => Object.keys(settings))))];
  return text.split(',').map((written) => {
    const field = fieldOf(`--${written.trim()}`);
    if (known.includes(field)) return field;
    const advice = nearest(field, known, 'the settings of a run are in its config.json', library);
    throw library.mistake('--within', 'settings that the runs have, apart by commas', library.show(written), advice);
  });
}

async function runCompare(paths: readonly string[], flags: CompareFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const { baseline, paired = false, csv, rliable, json, overwrite = false } = flags;
  const policy = parseChoice('--policy', flags.policy ?? 'sampled', policies, library);
  const files = {
    csv: csv && fileToWrite('--csv', csv, overwrite, library),
    rliable: rliable && fileToWrite('--rliable', rliable, overwrite, library),
  };
  if (csv === '' || rliable === '') fileToWrite(csv === '' ? '--csv' : '--rliable', '', overwrite, library);
  const cells = await readCells(paths, 'compare', library);
  const names = cells.map(({ name }) => name);
  if (baseline !== undefined && !cells.some((cell) => library.isBaseline(cell, baseline))) {
    throw library.mistake(
      '--baseline',
      'the name of a cell',
      library.show(baseline),
      nearest(baseline, names, '`compare` without it shows the names', library),
    );
  }
  const within = flags.within === undefined ? [] : readWithin(flags.within, cells, library);
  const options: CompareOptions = { policy, baseline, paired, within };
  const compared = library.compareCells(cells, options);
  const write = (path: string, content: string): void => {
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw library.explainFileError(error, path);
    }
    if (!json) writeLine(`Written: ${path}`);
  };
  if (files.csv) write(files.csv, library.scoresAsCsv(cells));
  if (files.rliable) {
    const { scores, tasks, left, incomplete } = library.scoresForRliable(cells, policy);
    write(files.rliable, `${JSON.stringify(scores, null, 1)}\n`);
    if (!json) {
      writeLine(`Tasks in order: ${tasks.join(', ')}${left > 0 ? `; ${left} runs are left out, because others have fewer` : ''}`);
      if (incomplete.length > 0) writeLine(`Left out, because they lack a task: ${incomplete.join('; ')}`);
    }
  }
  if (json) {
    for (const { cell, ...rest } of compared) writeJson({ event: 'comparison', cell: cell.name, policy, ...rest });
    return;
  }
  const targets = new Set(compared.map(({ target }) => target));
  const { formatInterval, formatValue } = library;
  const written = (found: ComparedCell['mean']): string => (found ? formatInterval(found) : formatValue(undefined));
  const rows = compared.map(({ cell, target, scores, mean, iqm, lowest, highest }) => {
    const name = targets.size > 1 && !cell.name.startsWith(target) ? `${target}, ${cell.name}` : cell.name;
    return [name, String(scores.length), written(mean), written(iqm), formatValue(lowest), formatValue(highest)];
  });
  const heading = ['cell', 'seeds', `${policy} mean [95 %]`, 'IQM [95 %]', 'lowest', 'highest'];
  for (const line of table(heading, rows, { paint, rightAligned: [1, 2, 3, 4, 5] })) writeLine(line);
  const baselines = library.baselinesOf(cells, baseline, within);
  const compares = compared.filter(({ against }) => against).length;
  const sentences = compared.flatMap((one) => sentence(one, baselines, tools));
  if (sentences.length > 0) {
    writeLine('');
    for (const line of sentences) writeLine(line);
    const test = paired ? 'Paired differences' : 'Welch’s test';
    const counted = `${compares} ${compares === 1 ? 'comparison' : 'comparisons'}`;
    if (compares > 0) writeLine(paint('gray', `${test}; p corrected for ${counted} (Holm), intervals are of one each`));
  }
  if (within.length > 0) for (const line of overallLines(compared, options, tools)) writeLine(line);
  const few = compared.filter(({ scores }) => scores.length < 5).length;
  if (few > 0)
    writeLine(paint('gray', `${few} of ${compared.length} cells have fewer than five seeds: intervals are wide, and ranks may change`));
}
