/**
 * Charts as HTML: drawings that do not get in each other's way, their data as downloads, and what the page's script needs for hovering.
 */
import { csvField } from '../core/csv.ts';
import { mistake, show } from '../core/errors.ts';
import { visibleText } from '../core/text.ts';
import { short } from './charts/frame.ts';
import type { Chart, Panel } from './document.ts';
import { dataUrl, escapeHtml } from './html.ts';

// A start tag with its attributes; quoted values may hold `>`.
const startTag = /<[A-Za-z](?:"[^"]*"|'[^']*'|[^"'>])*>/g;

/**
 * An SVG for one place of a page: every id, and every reference to one, begins with `prefix`, so that drawings of one page keep their own gradients and
 * clips; and it has a `viewBox`, without which it cannot shrink. Throws `CohortError` for what is no SVG, and for one with a script or with foreign
 * content in it.
 */
export function placeSvg(svg: string, prefix: string, subject: string): string {
  const start = svg.indexOf('<svg');
  if (start < 0 || !/<\/svg>\s*$/.test(svg)) throw mistake(subject, 'an <svg> element', show(svg), 'give the drawing as SVG');
  const drawing = svg.slice(start).trim();
  const foreign = /<(script|foreignObject|iframe)\b|<!--|<!\[CDATA/i.exec(drawing);
  if (foreign) throw mistake(subject, 'an SVG of shapes and text', foreign[0], 'leave scripts, comments and HTML out of it');
  const placed = drawing.replace(startTag, (tag) =>
    tag
      .replace(/(\s(?:id|aria-labelledby|aria-describedby)=["'])/g, `$1${prefix}`)
      .replace(/(\s(?:xlink:)?href=["']#)/g, `$1${prefix}`)
      .replace(/(url\((?:["']|&quot;)?#)/g, `$1${prefix}`),
  );
  const head = /^<svg(?:"[^"]*"|'[^']*'|[^"'>])*>/.exec(placed)![0];
  if (/\sviewBox=/.test(head)) return placed;
  const [width, height] = ['width', 'height'].map((name) => new RegExp(`\\s${name}=["']([\\d.]+)(?:px)?["']`).exec(head)?.[1]);
  if (!width || !height) throw mistake(subject, 'an SVG with a viewBox, or with a width and a height', show(head), 'add one');
  return placed.replace('<svg', `<svg viewBox="0 0 ${width} ${height}"`);
}

/** The points of a chart as CSV: one row per point, with the panel where there are several. */
export function chartCsv(panels: readonly Panel[]): string {
  const several = panels.length > 1;
  const head = [...(several ? ['panel'] : []), 'series', 'x', 'y', 'low', 'high'];
  const rows = panels.flatMap(({ title, series }, index) =>
    series.flatMap(({ name, points }) =>
      points.map(({ x, y, low, high }) => [...(several ? [title ?? index + 1] : []), name, x, y, low, high]),
    ),
  );
  return [head, ...rows].map((row) => `${row.map(csvField).join(',')}\n`).join('');
}

/** What the script shows on hovering: the panels that say where they were drawn. Fractions have six digits. */
export function hoverData(panels: readonly Panel[]): unknown[] {
  const finite = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value);
  const visible = (text: string | undefined): string | undefined => (text === undefined ? undefined : visibleText(text));
  return panels.flatMap(({ title, xTitle, yTitle, series, frame }) => {
    if (!frame) return [];
    const curves = series.map(({ name, color, points }) => ({
      name: visibleText(name),
      color,
      points: points.flatMap(({ x, y, low, high }) => {
        if (!finite(x) || !finite(y)) return [];
        return [[x, y, ...(finite(low) && finite(high) ? [low, high] : [])].map(short)];
      }),
    }));
    return [{ title: visible(title), xTitle: visible(xTitle), yTitle: visible(yTitle), frame, series: curves }];
  });
}

// A color as drawings have them: an attribute of its own.
const colorAttribute = /\s(fill|stroke|stop-color)="(#[0-9a-f]{6})"/g;

/** What each color of a drawing becomes in the other, where nothing else tells them apart; `undefined` where something does, or a color becomes two. */
export function recoloring(drawing: string, other: string): Map<string, string> | undefined {
  const colorsOf = (svg: string): string[] => [...svg.matchAll(colorAttribute)].map(([, , color]) => color!);
  const bare = (svg: string): string => svg.replace(colorAttribute, ' $1');
  if (bare(drawing) !== bare(other)) return undefined;
  const becomes = new Map<string, string>();
  const others = colorsOf(other);
  for (const [index, color] of colorsOf(drawing).entries()) {
    const its = others[index]!;
    if ((becomes.get(color) ?? its) !== its) return undefined;
    becomes.set(color, its);
  }
  return becomes;
}

/** The style that gives the drawing with this id its colors on a dark page. */
function darkStyle(id: string, becomes: ReadonlyMap<string, string>): string {
  const rules = [...becomes].flatMap(([color, its]) =>
    color === its ? [] : ['fill', 'stroke', 'stop-color'].map((name) => `#${id} [${name}="${color}"]{${name}:${its}}`),
  );
  return rules.length === 0 ? '' : `<style>@media (prefers-color-scheme: dark){${rules.join('')}}</style>`;
}

/** The drawing of a chart: once with two sets of colors where that is all that differs, else for light and for dark pages each. */
function drawingsOf({ alt, svg, darkSvg }: Chart, number: number, subject: string): string[] {
  const label = `role="img" aria-label="${escapeHtml(alt)}"`;
  const place = (kind: string, drawing: string, prefix: string): string =>
    `<div class="${kind}" ${label}>${placeSvg(drawing, prefix, subject)}</div>`;
  if (darkSvg === undefined) return [place('plain', svg, `chart${number}-`)];
  const becomes = recoloring(svg, darkSvg);
  if (!becomes) return [place('light', svg, `chart${number}-`), place('dark', darkSvg, `chart${number}dark-`)];
  const id = `drawing${number}`;
  return [`${darkStyle(id, becomes)}<div id="${id}" ${label}>${placeSvg(svg, `chart${number}-`, subject)}</div>`];
}

/** Letters, digits, dots, dashes and underscores: a name for a file on every system. */
const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '-').replace(/^[-.]+|[-.]+$/g, '') || 'chart';

/** A chart as a `<figure>` with the number `number`, which also makes its ids its own. Throws `CohortError` for a drawing that is no SVG. */
export function htmlChart(chart: Chart, number: number): string {
  const { name, caption, spec, panels = [] } = chart;
  const subject = `chart ${show(name)}`;
  const link = (ending: string, words: string, url: string): string =>
    `<a download="${escapeHtml(fileName(name))}${ending}" href="${escapeHtml(url)}">${words}</a>`;
  const links = [
    ...(panels.length > 0 ? [link('.csv', 'data (CSV)', dataUrl('text/csv', chartCsv(panels)))] : []),
    ...(spec === undefined ? [] : [link('.vl.json', 'Vega-Lite', dataUrl('application/json', JSON.stringify(spec)))]),
  ];
  const words = [
    `Figure ${number}.${caption === undefined ? '' : ` ${escapeHtml(caption)}`}`,
    ...(links.length > 0 ? [`<span class="downloads">${links.join(', ')}</span>`] : []),
  ];
  const hovered = panels.some(({ frame }) => frame);
  return [
    '<figure>',
    `<div class="plot"${hovered ? ` data-chart="${number}"` : ''}>`,
    ...drawingsOf(chart, number, subject),
    '</div>',
    `<figcaption>${words.join(' ')}</figcaption>`,
    '</figure>',
  ].join('\n');
}
