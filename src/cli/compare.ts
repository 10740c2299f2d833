/**
 * `cohort-rl compare <runs...>`: how runs compare, with intervals.
 */
import { writeFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { ComparedCell, CompareOptions, PolicyKind } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { intervalText, writerFor } from './interval.ts';
import { moduleOption } from './modules.ts';
import { writeLine } from './output.ts';
import { readCells, resultsArgument } from './results.ts';
import { formatSmall, table } from './terminal.ts';
import { nearest } from './values.ts';

interface CompareFlags {
  readonly policy?: PolicyKind;
  readonly baseline?: string;
  readonly paired?: boolean;
  readonly csv?: string;
  readonly rliable?: string;
  readonly json?: boolean;
}

/** The option `--policy` of commands that compare. */
export function policyOption(): Option {
  return new Option('--policy <kind>', 'which returns: of the sampled or the greedy policy')
    .choices(['sampled', 'greedy'])
    .default('sampled');
}

/** Adds `compare` to the program. */
export function addCompare(program: Command, context: Context): void {
  program
    .command('compare')
    .description('compare runs, seeds and sweeps: means, intervals, tests')
    .addArgument(resultsArgument())
    .addOption(policyOption())
    .option('--baseline <cell>', 'what the others are compared with (default: the first of each task)')
    .option('--paired', 'compare run with run of the same seed')
    .option('--csv <file>', 'also write the score of every run')
    .option('--rliable <file>', 'also write the scores as rliable reads them')
    .option('--json', 'write one JSON line per cell')
    .addOption(moduleOption())
    .action(answer(context, runCompare));
}

function sentence({ cell, against, scores }: ComparedCell, paint: Tools['paint']): string[] {
  if (!against) return [];
  const { baseline, difference, pValue, improvement, reading } = against;
  const numbers = `difference ${intervalText(difference, writerFor(scores))}, p = ${formatSmall(pValue)}, better in ${Math.round(improvement.estimate * 100)} % of pairs`;
  const words = reading === 'no difference shown' ? `no difference shown from ${baseline}` : `${paint('bold', reading)} than ${baseline}`;
  return [`${cell.name}: ${words} (${numbers})`];
}

async function runCompare(paths: readonly string[], flags: CompareFlags, { library, paint }: Tools): Promise<void> {
  const { policy = 'sampled', baseline, paired = false, csv, rliable, json } = flags;
  const cells = await readCells(paths, 'compare', library);
  const names = cells.map(({ name }) => name);
  if (baseline !== undefined && !names.includes(baseline)) {
    throw library.mistake(
      '--baseline',
      'the name of a cell',
      library.show(baseline),
      nearest(baseline, names, '`compare` without it shows the names', library),
    );
  }
  const options: CompareOptions = { policy, baseline, paired };
  const compared = library.compareCells(cells, options);
  const write = (path: string, content: string): void => {
    try {
      writeFileSync(path, content);
    } catch (error) {
      throw library.explainFileError(error, path);
    }
    if (!json) writeLine(`Written: ${path}`);
  };
  if (csv !== undefined) write(csv, library.scoresAsCsv(cells));
  if (rliable !== undefined) {
    const { scores, tasks, left } = library.scoresForRliable(cells, policy);
    write(rliable, `${JSON.stringify(scores, null, 1)}\n`);
    if (!json) writeLine(`Tasks in order: ${tasks.join(', ')}${left > 0 ? `; ${left} runs are left out, because others have fewer` : ''}`);
  }
  if (json) {
    for (const { cell, ...rest } of compared) writeLine(JSON.stringify({ event: 'comparison', cell: cell.name, policy, ...rest }));
    return;
  }
  const targets = new Set(compared.map(({ target }) => target));
  const rows = compared.map(({ cell, target, scores, mean, iqm, lowest, highest }) => {
    const write = writerFor(scores);
    const name = targets.size > 1 && !cell.name.startsWith(target) ? `${target}, ${cell.name}` : cell.name;
    return [
      name,
      String(scores.length),
      intervalText(mean, write),
      intervalText(iqm, write),
      write(lowest ?? null),
      write(highest ?? null),
    ];
  });
  const heading = ['cell', 'seeds', `${policy} mean [95 %]`, 'IQM [95 %]', 'lowest', 'highest'];
  for (const line of table(heading, rows, { paint, rightAligned: [1, 2, 3, 4, 5] })) writeLine(line);
  const sentences = compared.flatMap((one) => sentence(one, paint));
  if (sentences.length > 0) {
    writeLine('');
    for (const line of sentences) writeLine(line);
    const count = sentences.length;
    const test = paired ? 'paired differences' : 'Welch’s test';
    writeLine(
      paint(
        'gray',
        `${test}, p-values corrected for ${count} ${count === 1 ? 'comparison' : 'comparisons'} (Holm); intervals of one comparison each`,
      ),
    );
  }
  const few = compared.filter(({ scores }) => scores.length < 5).length;
  if (few > 0)
    writeLine(paint('gray', `${few} of ${compared.length} cells have fewer than five seeds: intervals are wide, and ranks may change`));
}
