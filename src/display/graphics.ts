/**
 * Small pictures made of characters: bar, sparkline, stacked bar, spinner. Each has exactly the width it is given.
 */
import { mean } from '../statistics/index.ts';
import type { Paint, Style } from './text.ts';

/** A progress bar; `fraction` from 0 to 1. */
export function progressBar(fraction: number, width: number, paint: Paint): string {
  const share = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  const full = Math.round(share * width);
  return paint('green', '━'.repeat(full)) + paint('gray', '─'.repeat(width - full));
}

const heights = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** The course of a series in `width` columns at most, each the mean of its part; from the least to the greatest value. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0 || width <= 0) return '';
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, column) => {
    const first = Math.floor((column * values.length) / columns);
    return mean(values.slice(first, Math.floor(((column + 1) * values.length) / columns)));
  });
  const least = means.reduce((low, value) => Math.min(low, value));
  const range = means.reduce((high, value) => Math.max(high, value)) - least;
  return means
    .map((value) => heights[range > 0 ? Math.min(heights.length - 1, Math.floor(((value - least) / range) * heights.length)) : 0])
    .join('');
}

/** Parts of a whole side by side; shares are scaled to fill `width`, rounded so that they do (largest remainder). */
export function stackedBar(
  parts: readonly { readonly share: number; readonly glyph: string; readonly style: Style }[],
  width: number,
  paint: Paint,
): string {
  const sum = parts.reduce((total, { share }) => total + share, 0);
  if (!(sum > 0)) return paint('gray', '─'.repeat(width));
  const exact = parts.map(({ share }) => (share / sum) * width);
  const columns = exact.map(Math.floor);
  const missing = width - columns.reduce((total, count) => total + count, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) columns[index]!++;
  return parts.map(({ glyph, style }, index) => paint(style, glyph.repeat(columns[index]!))).join('');
}

const spinnerFrames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;

/** The spinner at frame number `frame`. */
export function spinner(frame: number): string {
  return spinnerFrames[frame % spinnerFrames.length]!;
}
