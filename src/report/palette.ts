/**
 * The colors and dashes of every chart, defined once.
 */

/** A page that is light or dark. */
export type Theme = 'light' | 'dark';

/**
 * Colors of series, in the order in which they are given out. Each has a contrast of at least 3:1 (WCAG 2.1, 1.4.11) on both backgrounds, and any two
 * differ by at least 15 in CIELAB for full and for missing color vision (G. Machado et al. 2009). Of Okabe and Ito's palette (2008) and of P. Tol's schemes
 * (SRON/EPS/TN/09-002, issue 3.2) those that fulfil this.
 */
export const seriesColors: readonly string[] = [
  // Okabe and Ito: blue.
  '#0072B2',
  // Tol, bright: red.
  '#EE6677',
  // Tol, bright: green.
  '#228833',
  // Tol, medium-contrast: dark yellow.
  '#997700',
  // Tol, bright: purple.
  '#AA3377',
  // Okabe and Ito: reddish purple.
  '#CC79A7',
];

/** Lengths of line and gap in pixels; the first is a line without gaps. The next one serves when all colors were given out. */
export const seriesDashes: readonly (readonly number[])[] = [[], [7, 3], [2, 2], [9, 3, 2, 3], [14, 4]];

/** Shapes of points, by the same rule as colors. */
export const seriesShapes: readonly string[] = ['circle', 'square', 'triangle-up', 'diamond', 'triangle-down', 'cross'];

/** Colors that belong to the page and not to a series. */
export interface ThemeColors {
  readonly background: string;
  /** Titles. */
  readonly text: string;
  /** Labels of axes and legends. */
  readonly label: string;
  readonly axis: string;
  readonly grid: string;
}

/** The colors of the two pages: white, and GitHub's dark background. */
export const themes: Readonly<Record<Theme, ThemeColors>> = {
  light: { background: '#ffffff', text: '#1f2328', label: '#444c56', axis: '#8c959f', grid: '#e6e8eb' },
  dark: { background: '#0d1117', text: '#e6edf3', label: '#adb6c0', axis: '#6e7681', grid: '#22272e' },
};

function channel(hex: string, at: number): number {
  const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** Relative luminance of `#rrggbb`, 0 (black) to 1 (white); WCAG 2.1. */
export function luminance(hex: string): number {
  return 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
}

/** Contrast of two colors `#rrggbb`, 1 to 21; WCAG 2.1. */
export function contrastRatio(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** How series number `index` is drawn. */
export function styleOf(index: number): { readonly color: string; readonly dash: readonly number[]; readonly shape: string } {
  const round = Math.floor(index / seriesColors.length);
  return {
    color: seriesColors[index % seriesColors.length]!,
    dash: seriesDashes[round % seriesDashes.length]!,
    shape: seriesShapes[index % seriesShapes.length]!,
  };
}
