/**
 * What the terminal can do; the tools for text that fits it are those of the displays.
 */
export { logPlot, type PlottedSeries } from '../display/logPlot.ts';
export * from '../display/text.ts';
export { wantsColor } from '../node/screen.ts';

/** Columns of standard output; without end where it is no terminal, so that what is read by programs keeps its lines. */
export function outputColumns(): number {
  return process.stdout.isTTY ? process.stdout.columns || 80 : Number.POSITIVE_INFINITY;
}
