/**
 * The report of a reproduction: on the terminal, as a page, as Markdown, and its figures as files.
 */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Chart, ReportDocument, ReproductionResults, Section } from '../node/toolkit.ts';
import type { Tools } from './context.ts';
import { commandLine, shownPath } from './invocation.ts';
import { writeJson, writeLine, writeNote } from './output.ts';
import { plainTable } from './plainTable.ts';

/** The figures, written beside the results; none where the packages that draw are missing, which is said. */
async function drawnFigures(
  what: string,
  directory: string,
  results: ReproductionResults,
  { library }: Tools,
): Promise<Map<string, Chart>> {
  const file = (name: string): string => join(directory, `${name}.svg`);
  try {
    const drawn = await library.drawFigures(library.figureNames(what), results, (name) => basename(file(name)));
    for (const [name, { spec }] of drawn)
      await library.saveChart(spec as Readonly<Record<string, unknown>>, { file: file(name), overwrite: true });
    return drawn;
  } catch (error) {
    if (!(error instanceof library.CohortError)) throw error;
    writeNote(`note: without figures. ${error.message}`);
    return new Map();
  }
}

function write(path: string, text: string, { library }: Tools): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw library.explainFileError(error, path);
  }
}

/** A section on the terminal: title and table; what explains it stands in the files. */
function sectionLines({ title, table }: Section, { paint, library }: Tools): string[] {
  return table ? ['', paint('bold', title), '', ...plainTable(table, paint, library)] : [];
}

/** Reports a reproduction from the results that are there; with `json` as one line and no files. */
export async function reportReproduction(what: string, title: string, directory: string, json: boolean, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const results = await library.readReproduction(directory);
  const figures = json || results.count === 0 ? new Map<string, Chart>() : await drawnFigures(what, directory, results, tools);
  const sections = library.reproductionSections(what, results, figures);
  if (json) return writeJson({ event: 'report', sections });
  for (const line of sections.flatMap((section) => sectionLines(section, tools))) writeLine(line);
  if (results.count === 0) return;
  const document: ReportDocument = {
    title: `arXiv 2510.03679, rerun: ${title}`,
    lead: 'Group Policy Gradient for general MDPs, with the package’s own GPG and PPO. Every run behind this page is a line of the files beside it.',
    sections,
    command: commandLine('reproduce', what, '--report-only', '--results', shownPath(directory)),
    footer: `${results.count} runs, cohort-rl ${results.versions.join(', ')}, ${results.machines.join('; ')}.`,
  };
  const files = [
    [join(directory, what === 'all' ? 'README.md' : `${what}.md`), library.renderMarkdown(document)],
    [join(directory, `${what}.html`), library.renderPage(document)],
  ] as const;
  writeLine('');
  for (const [path, text] of files) {
    write(path, text, tools);
    writeLine(`${paint('cyan', shownPath(path))}  ${library.formatBytes(new TextEncoder().encode(text).length)}`);
  }
}
