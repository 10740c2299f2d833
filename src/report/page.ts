/**
 * A report as one HTML file that needs nothing else: no network, no other files, no scripts but its own, which it can be read without.
 */
import { sha256 } from '../run/sha256.ts';
import { hoverData, htmlChart } from './chart.ts';
import type { ReportDocument, Section } from './document.ts';
import { escapeHtml, htmlTable, scriptJson } from './html.ts';
import { pageScript } from './pageScript.ts';
import { pageStyle } from './pageStyle.ts';

/** The hash by which a page allows this script and no other (CSP Level 3, 2.3.1). */
function scriptHash(script: string): string {
  const bytes = sha256(script).match(/../g)!;
  return `'sha256-${btoa(bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 16))).join(''))}'`;
}

// Styles may be inline because drawings have style attributes; they cannot load anything, since nothing can.
const policy = [
  "default-src 'none'",
  `script-src ${scriptHash(pageScript)}`,
  "style-src 'unsafe-inline'",
  // The empty icon below, which keeps browsers from asking a server for one.
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** A section; charts are numbered through the whole page, from `firstChart` on. */
function htmlSection({ title, paragraphs = [], charts = [], table, folded }: Section, firstChart: number): string {
  const heading = `<h2>${escapeHtml(title)}</h2>`;
  const content = [
    ...paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`),
    ...charts.map((chart, index) => htmlChart(chart, firstChart + index)),
    ...(table === undefined ? [] : [htmlTable(table, title)]),
  ].join('\n');
  return folded ? `<details>\n<summary>${heading}</summary>\n${content}\n</details>` : `<section>\n${heading}\n${content}\n</section>`;
}

/**
 * A report as a page: light and dark as the reader's system is, from phones to paper. Every text is escaped. The same document gives the same bytes.
 * Throws `CohortError` for a chart whose drawing is no SVG.
 */
export function renderPage({ title, lead, sections, command, footer }: ReportDocument): string {
  const data: Record<number, unknown[]> = {};
  const parts: string[] = [];
  let charts = 1;
  for (const section of sections) {
    parts.push(htmlSection(section, charts));
    for (const { panels = [] } of section.charts ?? []) data[charts++] = hoverData(panels);
  }
  const end = [
    ...(command === undefined ? [] : [`Made by <code>${escapeHtml(command)}</code>.`]),
    ...(footer === undefined ? [] : [escapeHtml(footer)]),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${[...(lead === undefined ? [] : [`<p class="lead">${escapeHtml(lead)}</p>`]), ...parts].join('\n')}
</main>
${end.length === 0 ? '' : `<footer><p>${end.join(' ')}</p></footer>\n`}<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${pageScript}</script>
</body>
</html>
`;
}
