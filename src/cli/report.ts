/**
 * `cohort-rl report <runs...>`: finished runs as one HTML page or as Markdown.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { Command } from 'commander';
import type { Cell, Chart, ReportDocument } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { writeLine } from './output.ts';
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
    .action(answer(context, runReport));
}

/** The learning curves of a report; none where the packages that draw are missing, which is said. */
async function chartsOf(cells: readonly Cell[], library: Library): Promise<Chart[]> {
  const evaluated = cells.map(({ name, runs }) => ({ name, runs: runs.filter(({ evaluations }) => evaluations.iteration.length > 1) }));
  const drawn = evaluated.filter(({ runs }) => runs.length > 0);
  if (drawn.length === 0) return [];
  try {
    const caption = 'Mean over seeds of the sampled policy’s evaluations, with its 95 % interval.';
    return [await library.curvesOf(drawn, 'step', 'sampled', { name: 'curves', alt: 'Learning curves', caption })];
  } catch (error) {
    if (!(error instanceof library.CohortError)) throw error;
    process.stderr.write(`note: without charts. ${error.message}\n`);
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

async function runReport(paths: readonly string[], flags: ReportFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const targets = targetsOf(flags, tools);
  const cells = await readCells(paths, 'report', library);
  const lead = library.leadOf(cells);
  const [scores, ...others] = library.summarySections(cells);
  const charts = await chartsOf(cells, library);
  const curves = charts.length > 0 ? [{ title: 'Learning curves', charts }] : [];
  const made = `Made by cohort-rl ${library.version} with \`${commandLine('report', ...paths)}\`.`;
  const document = { title: flags.title ?? library.titleOf(cells), lead, sections: [scores!, ...curves, ...others], footer: made };
  const written = targets.map(({ file, render }) => {
    const text = render(document);
    try {
      writeFileSync(file, text, { flag: flags.overwrite ? 'w' : 'wx' });
    } catch (error) {
      throw library.explainFileError(error, file);
    }
    return { file, bytes: new TextEncoder().encode(text).length };
  });
  for (const line of plainTable(scores!.table!, paint, library)) writeLine(line);
  writeLine('');
  for (const { file, bytes } of written) writeLine(`${paint('cyan', shownPath(file))}  ${library.formatBytes(bytes)}`);
}
