/**
 * `cohort-rl verify`: the propositions of arXiv 2510.03679, checked on the estimators that train.
 */
import type { Command } from 'commander';
import type { ErrorCurve, TheoryReport, VerifiedRow } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { exitCodes } from './failure.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { commandLine } from './invocation.ts';
import type { Library } from './library.ts';
import { NumberOption, SuggestedOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { statusLine } from './statusLine.ts';
import { formatSeconds, logPlot, outputColumns, type PlottedSeries, padTo, type Style, table, wrapTo } from './terminal.ts';
import { nearest } from './values.ts';

interface VerifyFlags {
  readonly only?: string;
  readonly seed?: number;
  readonly out?: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** Adds `verify` to the program. */
export function addVerify(program: Command, context: Context): void {
  const names = ({ theoryStatements }: Library): [string, string][] => theoryStatements.map(({ name, statement }) => [name, statement]);
  program
    .command('verify')
    .description('check the propositions of arXiv 2510.03679 on the estimators that train: one row each, under a minute')
    .addOption(new SuggestedOption('--only <rows>', 'only these rows, for example shrinkage,grpo', names))
    .addOption(new NumberOption('--seed <n>', 'draws the decision processes and the samples (default: 1)', { min: 0, max: 2 ** 32 - 1 }))
    .option('--out <file>', 'also draw the error against the size of the group: .svg, .png or .json')
    .option('--overwrite', 'replace files that are there')
    .option('--json', 'write one JSON line per row, and one at the end')
    .action((flags: VerifyFlags, self: Command) => answer(context, runVerify)(undefined, flags, self));
}

/** Columns of text where output is no terminal, and at most. */
const widest = 110;
const margin = 7;
const labelWidth = 10;

/** A label, and text beside it that is broken between words. */
function labelled(label: string, text: string): string[] {
  const indent = margin + labelWidth;
  const lines = wrapTo(text, Math.max(20, Math.min(widest, outputColumns()) - indent));
  return lines.map((line, index) => `${' '.repeat(margin)}${padTo(index === 0 ? label : '', labelWidth)}${line}`);
}

/** The lines of a row. */
function rowLines({ verdict, name, kind, statement, source, printed, right, computed, failures }: VerifiedRow, { paint }: Tools): string[] {
  const style: Style = verdict === 'holds' ? 'green' : 'red';
  const painted = (lines: readonly string[], look: Style): string[] => lines.map((line) => paint(look, line));
  return [
    `${paint(style, verdict)}  ${paint('bold', name)}  ${paint('gray', kind)}`,
    ...labelled('claim', statement),
    ...(printed === undefined ? [] : labelled('printed', printed)),
    ...(right === undefined ? [] : labelled('right', right)),
    ...painted(labelled('computed', computed), 'cyan'),
    ...failures.flatMap((failure) => painted(labelled('fails', failure), 'red')),
    ...painted(labelled('source', source), 'gray'),
  ];
}

/** The row whose errors are plotted. */
const drawnRow = 'consistency';

const glyphs = ['u', 't', 's', 'b'] as const;
const styles: readonly Style[] = ['cyan', 'yellow', 'green', 'magenta'];

/** The error against the size of the group: a plot, and the numbers with their slopes. */
function curveLines(curves: readonly ErrorCurve[], paint: Tools['paint']): string[] {
  const plotted = curves.filter(({ name }) => name.endsWith('others'));
  const series = plotted.map(
    ({ points }, k): PlottedSeries => ({
      glyph: glyphs[k % glyphs.length]!,
      style: styles[k % styles.length]!,
      points: points.map(({ groupSize, error }) => ({ x: groupSize, y: error })),
    }),
  );
  const legend = plotted.map(({ name }, k) => `${paint(styles[k % styles.length]!, glyphs[k % glyphs.length]!)} ${name}`).join('   ');
  const sizes = curves[0]!.points.map(({ groupSize }) => groupSize);
  const rows = curves.map(({ name, points, slope, slopeInterval: [low, high] }) => [
    name,
    ...points.map(({ error }) => error.toPrecision(3)),
    `${slope.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`,
  ]);
  const numbers = table(['bins, returns', ...sizes.map((size) => `N = ${size}`), 'slope [95 %]'], rows, {
    paint,
    rightAligned: [...sizes.map((_, k) => k + 1), sizes.length + 1],
  });
  return [
    paint('bold', 'Root mean squared error of the gradient against the size of the group, both logarithmic'),
    ...logPlot(series, { rows: 12, columns: 57, guide: -0.5 }, paint),
    `${legend}   * several   ${paint('gray', '· slope -1/2')}`,
    '',
    ...numbers,
  ];
}

/** Draws the error curves into a file. */
async function saveCurves(
  curves: readonly ErrorCurve[],
  out: string,
  { overwrite = false, json }: VerifyFlags,
  library: Library,
): Promise<void> {
  const panel = (kind: string) => ({
    title: kind === 'own' ? 'own return in the mean' : 'mean of the others',
    series: curves
      .filter(({ name }) => name.endsWith(kind))
      .map(({ name, points }) => ({
        name: name.split(',')[0]!,
        points: points.map(({ groupSize, error, low, high }) => ({ x: groupSize, y: error, low, high })),
      })),
  });
  const titles = { x: 'trajectories in the group', y: 'error of the gradient' };
  const spec = library.pointChart([panel('own'), panel('others')], { ...titles, yScale: 'log' });
  const files = await library.saveChart(spec, { file: out, overwrite });
  for (const { file } of files) if (!json) writeLine(`Written: ${file}`);
}

/** The rows that `--only` names; `undefined` for all. Throws `CohortError` for a name that is none. */
function namedRows({ only, out }: VerifyFlags, library: Library): string[] | undefined {
  if (only === undefined) return undefined;
  const { mistake, show, theoryStatements } = library;
  const all = theoryStatements.map(({ name }) => name);
  const named = [...new Set(only.split(',').map((name) => name.trim()))];
  const unknown = named.find((name) => !all.includes(name));
  if (unknown !== undefined) {
    throw mistake('--only', 'names of rows', show(unknown), nearest(unknown, all, '`verify --json` without it shows the names', library));
  }
  if (out !== undefined && !named.includes(drawnRow)) {
    throw mistake('--out', `the row ${drawnRow}, which is drawn`, `--only ${only}`, `add ${drawnRow} to --only, or leave --out out`);
  }
  return named;
}

/** What stands at the end. */
function closingLines({ rows, holds, seed }: TheoryReport, isWhole: boolean, seconds: number, { paint, library }: Tools): string[] {
  const failed = rows.filter(({ verdict }) => verdict === 'fails');
  const counted = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}, seed ${seed}, ${formatSeconds(seconds)}`;
  const notation = library.notationSlips.flatMap(({ place, printed, right }) => [
    `${' '.repeat(margin)}${paint('bold', place)}`,
    ...labelled('printed', printed),
    ...labelled('right', right),
  ]);
  return [
    ...(isWhole ? [paint('bold', 'Slips of notation and reference, of which nothing can be computed'), ...notation, ''] : []),
    holds
      ? `${paint('green', rows.length === 1 ? 'It holds' : 'All hold')}: ${counted}.`
      : `${paint('red', `${failed.length} of ${rows.length} fail`)}: ${failed.map(({ name }) => name).join(', ')} (seed ${seed}, ${formatSeconds(seconds)}).`,
    ...(holds
      ? []
      : [`Alone: ${paint('cyan', commandLine('verify', '--only', failed.map(({ name }) => name).join(','), '--seed', String(seed)))}`]),
  ];
}

async function runVerify(_target: undefined, flags: VerifyFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const { json = false, out, overwrite } = flags;
  const only = namedRows(flags, library);
  if (out !== undefined) library.chartFiles({ file: out, overwrite });
  const cancel = new AbortController();
  const line = statusLine();
  const release = onInterrupt(() => cancel.abort());
  const began = performance.now();
  const seconds = (): number => (performance.now() - began) / 1000;
  const rowCount = only?.length ?? library.theoryStatements.length;
  let [done, heading] = [0, ''];
  try {
    const report = await library.verifyTheory({
      only,
      seed: flags.seed,
      signal: cancel.signal,
      pause: library.nodePlatform.pause,
      onProgress: ({ name }, share) => line.show(`${done + 1} of ${rowCount}: ${name}, ${Math.round(share * 100)} %`, share === 0),
      onRow(row) {
        done++;
        line.clear();
        if (json) return writeJson({ event: 'row', ...row });
        if (row.group !== heading) writeLine(`${done > 1 ? '\n' : ''}${paint('bold', row.group)}`);
        heading = row.group;
        for (const text of ['', ...rowLines(row, tools)]) writeLine(text);
      },
    });
    line.clear();
    const { rows, holds, seed, interrupted } = report;
    if (json)
      writeJson({
        event: 'summary',
        seed,
        rows: rows.length,
        fails: rows.filter(({ verdict }) => verdict === 'fails').length,
        holds,
        interrupted,
      });
    const curves = rows.find(({ name }) => name === drawnRow)?.curves;
    if (!json && curves) for (const text of ['', ...curveLines(curves, paint)]) writeLine(text);
    if (curves && out !== undefined) await saveCurves(curves, out, flags, library);
    if (interrupted) {
      if (!json) writeLine(`\ninterrupted after ${done} of ${rowCount} rows`);
      return tools.exit(interruptedCode());
    }
    if (!json) for (const text of ['', ...closingLines(report, only === undefined, seconds(), tools)]) writeLine(text);
    if (!holds) tools.exit(exitCodes.failed);
  } finally {
    line.clear();
    release();
  }
}
