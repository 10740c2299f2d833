/**
 * Charts as files: a specification becomes an SVG by the optional packages vega and vega-lite, an SVG a PNG by @resvg/resvg-js. No browser is needed.
 */
import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { failure, mistake, show } from '../core/errors.ts';
import { textWidth } from '../report/charts/text.ts';
import type { ChartSpec } from '../report/charts.ts';
import type { Frame } from '../report/document.ts';
import { framesOf } from './chartFrames.ts';
import { codeOf, replaceFile } from './files.ts';
import { loadOptional } from './film/optional.ts';

const purpose = 'charts';

/** What vega's own types leave out. */
interface VegaMeasures {
  readonly textMetrics: { width: (item: { readonly fontSize?: number }, text: string) => number };
}

/** A chart that was drawn. */
export interface DrawnChart {
  readonly svg: string;
  /** Where its panels lie, in their order; `undefined` for one without lines. */
  readonly frames: readonly (Frame | undefined)[];
}

/** Hundredths of a pixel: places in an SVG that vega writes to all digits. */
function withShortPlaces(svg: string): string {
  return svg.replaceAll(/ (?:d|transform|x2?|y2?|width|height)="[^"]*"/g, (attribute) =>
    attribute.replaceAll(/-?\d+(?:\.\d{3,}|(?:\.\d+)?(?=e-\d))(?:e-\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
}

/** The font stands once, at the top: every text without one of its own has it from there. */
function withOneFont(svg: string): string {
  const [font] = svg.match(/ font-family="[^"]*"/) ?? [];
  return font === undefined ? svg : svg.replaceAll(font, '').replace('<svg', `<svg${font}`);
}

/**
 * Draws a chart; the same specification gives the same bytes, in every process. Throws `CohortError` where vega or vega-lite is not installed.
 */
export async function drawChart(spec: ChartSpec): Promise<DrawnChart> {
  const { compile } = await loadOptional('vega-lite', purpose, () => import('vega-lite'));
  const vega = await loadOptional('vega', purpose, () => import('vega'));
  const { spec: compiled } = compile(spec as unknown as Parameters<typeof compile>[0]);
  // Where a canvas happens to be installed, vega would measure text with it, and widths would depend on the machine.
  const { textMetrics } = vega as unknown as VegaMeasures;
  const measure = textMetrics.width;
  textMetrics.width = (item, text) => textWidth(text, item.fontSize ?? 11);
  const view = new vega.View(vega.parse(compiled), { renderer: 'none' });
  try {
    await view.runAsync();
    // Names of clip paths count up in each process.
    vega.resetSVGDefIds();
    return { svg: withOneFont(withShortPlaces(await view.toSVG())), frames: framesOf(view) };
  } finally {
    view.finalize();
    textMetrics.width = measure;
  }
}

/** A chart as SVG. Throws as {@link drawChart} does. */
export async function renderChart(spec: ChartSpec): Promise<string> {
  return (await drawChart(spec)).svg;
}

/** An SVG as PNG, with the fonts of the system, at twice its size. Throws `CohortError` where @resvg/resvg-js is not installed. */
export async function renderPng(svg: string): Promise<Uint8Array> {
  const { Resvg } = await loadOptional('@resvg/resvg-js', 'a PNG of a chart', () => import('@resvg/resvg-js'));
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: 2 }, font: { loadSystemFonts: true } }).render().asPng();
}

/** The formats of {@link saveChart}, by the ending of the file. */
export const chartEndings = ['.svg', '.png', '.json'] as const;

/** Where a chart goes. */
export interface SaveChartOptions {
  /** Ends in `.svg`, `.png`, or `.json` for the specification. */
  readonly file: string;
  /** Replaces files that are there. Default false: an error. */
  readonly overwrite?: boolean | undefined;
}

/** A file that was written. */
export interface SavedFile {
  readonly file: string;
  readonly bytes: number;
}

/**
 * The files of a chart: beside an SVG goes its specification, `<name>.vl.json`. Throws `CohortError` for another ending, and for files that are there
 * unless they may be replaced.
 */
export function chartFiles({ file, overwrite = false }: SaveChartOptions): string[] {
  const ending = extname(file).toLowerCase();
  if (!chartEndings.some((one) => one === ending)) {
    throw mistake('--out', `a file that ends in ${chartEndings.join(', ')}`, show(file), 'add the ending: it says the format');
  }
  const files = ending === '.svg' ? [file, `${file.slice(0, -ending.length)}.vl.json`] : [file];
  const there = overwrite ? undefined : files.find((one) => existsSync(one));
  if (there === undefined) return files;
  throw mistake('plot', 'a file that is not there yet', show(there), 'choose another name with --out, or replace it with --overwrite');
}

/** Writes one of the files of a chart. */
async function save(file: string, content: string | Uint8Array): Promise<SavedFile> {
  await replaceFile(file, content).catch((cause: unknown) => {
    const got = `${show(file)} (${codeOf(cause) ?? String(cause)})`;
    throw failure('plot', 'a file that can be written', got, 'choose another place with --out', cause);
  });
  return { file, bytes: Buffer.byteLength(content) };
}

/** Draws a chart and writes its files; see {@link chartFiles}. Resolves to what was written. Throws `CohortError` where a package is missing. */
export async function saveChart(spec: ChartSpec, options: SaveChartOptions): Promise<SavedFile[]> {
  const [file, beside] = chartFiles(options) as [string, string | undefined];
  const text = `${JSON.stringify(spec)}\n`;
  const ending = extname(file).toLowerCase();
  if (ending === '.json') return [await save(file, text)];
  const svg = await renderChart(spec);
  const written = [await save(file, ending === '.png' ? await renderPng(svg) : `${svg}\n`)];
  if (beside !== undefined) written.push(await save(beside, text));
  return written;
}
