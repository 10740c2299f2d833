/**
 * Reports as Markdown (GitHub Flavored Markdown 0.29, whose tables CommonMark lacks). Texts are escaped: what looks like markup is shown as it is.
 */

import { visibleText } from '../core/text.ts';
import type { Chart, ReportDocument, Section } from './document.ts';
import { cellText, type Table, type TableCell } from './table.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** A text of one line, escaped for the middle of a line. Brackets of intervals stay readable: only those of links are escaped. */
export function escapeMarkdown(text: string): string {
  return visibleText(text)
    .replace(/[&<>]/g, (character) => entities[character]!)
    .replace(/[\\`*|~$]/g, '\\$&')
    .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
    .replace(/\](?=\s*[([:])/g, '\\]')
    .trim();
}

/** A text as code, between more backticks than it has in a row (CommonMark 0.31, 6.1). */
function markdownCode(text: string): string {
  const shown = visibleText(text).replace(/\s+/g, ' ').trim();
  const fence = '`'.repeat(Math.max(0, ...(shown.match(/`+/g) ?? []).map(({ length }) => length)) + 1);
  const space = shown.startsWith('`') || shown.endsWith('`') ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}

/** A text that begins a line: no heading, list, quotation or rule comes of it. */
function escapeLine(text: string): string {
  return escapeMarkdown(text)
    .replace(/^[#+\-=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

const markdownCell = (cell: TableCell): string => {
  const text = escapeMarkdown(cellText(cell));
  return typeof cell !== 'string' && cell.strong && text !== '' ? `**${text}**` : text;
};

/** A table as lines of Markdown, with its note below. */
export function markdownTable({ columns, rows, note }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const lines = [
    line(columns.map(({ title }) => escapeMarkdown(title))),
    line(columns.map(({ align }) => (align === 'right' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map((_, index) => markdownCell(row[index] ?? '')))),
  ];
  return [...lines, ...(note === undefined ? [] : ['', escapeLine(note)])].join('\n');
}

/** A chart as a picture; one that was kept as no file, as its words. */
function markdownChart({ alt, caption, file }: Chart): string[] {
  const words = caption === undefined ? [] : [escapeLine(caption)];
  // Angle brackets and ends of lines cannot be in a destination (CommonMark 0.31, 6.3).
  if (file === undefined) return [`*Chart: ${escapeMarkdown(alt)}*`, ...words];
  const path = file.replace(/[<>\\\p{Cc}]/gu, (character) => encodeURIComponent(character));
  return [`![${escapeMarkdown(alt).replace(/[[\]]/g, '\\$&')}](<${path}>)`, ...words];
}

function markdownSection({ title, paragraphs = [], charts = [], table }: Section): string[] {
  return [
    `## ${escapeMarkdown(title)}`,
    ...paragraphs.map(escapeLine),
    ...charts.flatMap(markdownChart),
    ...(table === undefined ? [] : [markdownTable(table)]),
  ];
}

/** A report as a Markdown file. */
export function renderMarkdown({ title, lead, sections, command, footer }: ReportDocument): string {
  const end = [
    ...(command === undefined ? [] : [`Made by ${markdownCode(command)}.`]),
    ...(footer === undefined ? [] : [escapeLine(footer)]),
  ];
  const blocks = [
    `# ${escapeMarkdown(title)}`,
    ...(lead === undefined ? [] : [escapeLine(lead)]),
    ...sections.flatMap(markdownSection),
    ...(end.length === 0 ? [] : ['---', end.join(' ')]),
  ];
  return `${blocks.join('\n\n')}\n`;
}
