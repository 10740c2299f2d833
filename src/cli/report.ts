/**
 * `cohort-rl report <runs...>`: finished runs as one HTML page or as Markdown.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { Command } from 'commander';
import type { Cell, Chart, ReportDocument, RunResult, Section } from '../node/toolkit.ts';
import { readConfigFile } from './configFile.ts';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { matrixFile } from './matrix.ts';
import { moduleOption } from './modules.ts';
import { writeLine, writeNote } from './output.ts';
import { plainTable } from './plainTable.ts';
import { readCells, resultsArgument } from './results.ts';

interface ReportFlags {
  readonly html?: string;
  readonly markdown?: string;
  readonly title?: string;
  readonly overwrite?: boolean;
}

/** Where a report goes that was given no name. */
const usualFile = 'report.html';

/** Adds `report` to the program. */
export function addReport(program: Command, context: Context): void {
  program
    .command('report')
    .description('write a page about finished runs: scores with intervals, settings, costs, every seed')
    .addArgument(resultsArgument())
    .option('--html <file>', `one page that needs nothing else (default: ${usualFile}, unless --markdown is given)`)
    .option('--markdown <file>', 'the same as Markdown')
    .option('--title <text>', 'title of the report (default: what ran on what)')
    .option('--overwrite', 'replace files that are there')
    .addOption(moduleOption())
    .action(answer(context, runReport));
}

/** The learning curves of a report, with a file beside a Markdown report; none where the packages that draw are missing, which is said. */
async function chartsOf(
  cells: readonly Cell[],
  from: 'sampled' | 'episodes',
  { markdown }: ReportFlags,
  library: Library,
): Promise<Chart[]> {
  const hasCurve = ({ evaluations, episodes }: RunResult): boolean =>
    from === 'episodes' ? episodes !== undefined : evaluations.iteration.length > 1;
  const drawn = cells.map(({ name, runs }) => ({ name, runs: runs.filter(hasCurve) })).filter(({ runs }) => runs.length > 0);
  if (drawn.length === 0) return [];
  const what = from === 'episodes' ? 'Mean return of training episodes' : 'Mean over seeds of the sampled policy’s evaluations';
  const stem = markdown === undefined ? '' : basename(markdown, extname(markdown));
  const file = markdown === undefined ? undefined : `${stem.toLowerCase() === 'readme' ? '' : `${stem}-`}curves.svg`;
  try {
    const words = { name: 'curves', alt: 'Learning curves', caption: `${what}, with its 95 % interval.`, ...(file && { file }) };
    const chart = await library.curvesOf(drawn, 'step', from, words);
    // Its name follows from that of the Markdown file, which was allowed to be written.
    if (file)
      await library.saveChart(chart.spec as Readonly<Record<string, unknown>>, { file: join(dirname(markdown!), file), overwrite: true });
    return [chart];
  } catch (error) {
    if (!(error instanceof library.CohortError)) throw error;
    writeNote(`note: without charts. ${error.message}`);
    return [];
  }
}

/** A file to write, and the flag that named it. */
interface Target {
  readonly flag: string;
  readonly file: string;
  readonly endings: readonly string[];
  readonly render: (document: ReportDocument) => string;
}

/** The files to write. Throws `CohortError` for one with another ending, and for one that is there and is not to be replaced. */
function targetsOf({ html, markdown, overwrite }: ReportFlags, { library }: Tools): Target[] {
  const { mistake, renderMarkdown, renderPage, show } = library;
  const page = html ?? (markdown === undefined ? usualFile : undefined);
  const targets = [
    ...(page === undefined ? [] : [{ flag: '--html', file: page, endings: ['.html', '.htm'], render: renderPage }]),
    ...(markdown === undefined ? [] : [{ flag: '--markdown', file: markdown, endings: ['.md', '.markdown'], render: renderMarkdown }]),
  ];
  for (const { flag, file, endings } of targets) {
    // Whatever --overwrite says, results and runs are never written over.
    if (!endings.includes(extname(file).toLowerCase())) {
      throw mistake(flag, `a file that ends in ${endings.join(' or ')}`, show(file), 'add the ending');
    }
    if (!overwrite && existsSync(file)) {
      throw mistake(flag, 'a file that is not there yet', show(file), `choose another name with ${flag}, or replace it with --overwrite`);
    }
  }
  return targets;
}

/** How a report was made. */
const made = (paths: readonly string[], library: Library): Pick<ReportDocument, 'command' | 'footer'> => ({
  command: commandLine('report', ...paths),
  footer: `cohort-rl ${library.version}.`,
});

const curveSection = (charts: readonly Chart[]): Section[] => (charts.length > 0 ? [{ title: 'Learning curves', charts }] : []);

/** The report of a folder with a matrix and its results; nothing for other paths. */
async function matrixReport(paths: readonly string[], flags: ReportFlags, library: Library): Promise<ReportDocument | undefined> {
  const [folder, ...others] = paths;
  const file = folder === undefined ? '' : join(folder, matrixFile);
  if (folder === undefined || others.length > 0 || !existsSync(file)) return undefined;
  const matrix = library.parseMatrix((await readConfigFile(file, library, 'report')).values, file);
  const cells = await library.readMatrixCells(matrix, folder);
  if (cells.length === 0)
    throw library.mistake(
      'report',
      'a matrix with results',
      `${library.show(folder)}, where nothing has run`,
      `run it first: ${commandLine('sweep', file, '--results', folder)}`,
    );
  const charts = await chartsOf(cells, matrix.report.score === 'episodes' ? 'episodes' : 'sampled', flags, library);
  return {
    title: flags.title ?? matrix.title ?? library.titleOf(cells),
    lead: library.matrixLead(matrix, cells),
    sections: library.matrixSections(matrix, cells, curveSection(charts)),
    ...made(paths, library),
  };
}

/** The report of runs of any kind. */
async function runsReport(paths: readonly string[], flags: ReportFlags, library: Library): Promise<ReportDocument> {
  const cells = await readCells(paths, 'report', library);
  const [scores, ...others] = library.summarySections(cells);
  const charts = await chartsOf(cells, 'sampled', flags, library);
  const title = flags.title ?? library.titleOf(cells);
  return { title, lead: library.leadOf(cells), sections: [scores!, ...curveSection(charts), ...others], ...made(paths, library) };
}

async function runReport(paths: readonly string[], flags: ReportFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const targets = targetsOf(flags, tools);
  const document = (await matrixReport(paths, flags, library)) ?? (await runsReport(paths, flags, library));
  const written = targets.map(({ file, render }) => {
    const text = render(document);
    try {
      writeFileSync(file, text, { flag: flags.overwrite ? 'w' : 'wx' });
    } catch (error) {
      throw library.explainFileError(error, file);
    }
    return { file, bytes: new TextEncoder().encode(text).length };
  });
  for (const line of plainTable(document.sections[0]!.table!, paint, library)) writeLine(line);
  writeLine('');
  for (const { file, bytes } of written) writeLine(`${paint('cyan', shownPath(file))}  ${library.formatBytes(bytes)}`);
}
