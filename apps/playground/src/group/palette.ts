/**
 * Colors of advantages: orange below zero, blue above, a quiet grey between. Blue and orange differ for every kind of color vision (Okabe and Ito 2008); the ends
 * are as light against a dark page as they are dark against a light one.
 */

/** A page that is light or dark. */
export type Theme = 'light' | 'dark';

type Rgb = readonly [red: number, green: number, blue: number];

interface Palette {
  readonly below: Rgb;
  readonly zero: Rgb;
  readonly above: Rgb;
  /** Lines and words that are not advantages. */
  readonly ink: string;
  readonly soft: string;
  readonly grid: string;
  readonly band: string;
  readonly paper: string;
  readonly critic: string;
}

/** Own choices; `test/playground/groupPalette.test.ts` holds their contrasts. */
export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    below: [179, 74, 0],
    zero: [196, 201, 208],
    above: [0, 84, 166],
    ink: '#1f2328',
    soft: '#57606a',
    grid: '#e6e8eb',
    band: 'rgba(31, 35, 40, 0.08)',
    paper: '#ffffff',
    critic: '#8a3ffc',
  },
  dark: {
    below: [255, 157, 77],
    zero: [72, 79, 88],
    above: [104, 178, 255],
    ink: '#e6edf3',
    soft: '#9aa4af',
    grid: '#22272e',
    band: 'rgba(230, 237, 243, 0.12)',
    paper: '#0d1117',
    critic: '#c297ff',
  },
};

/** Steps of the palette to either side of zero. */
const levels = 6;

/** How many colors there are. */
export const numColors: number = 2 * levels + 1;

/** The color's number, 0 (most negative) to {@link numColors} - 1, of an advantage; `most` and beyond is the end. */
export function colorIndex(advantage: number, most: number): number {
  if (!(most > 0)) return levels;
  const share = Math.max(-1, Math.min(1, advantage / most));
  // Small ones are many: the root gives them colors of their own.
  return levels + Math.sign(share) * Math.round(levels * Math.sqrt(Math.abs(share)));
}

/** The color of a number of {@link colorIndex}, `#rrggbb`. */
export function colorOf(index: number, theme: Theme): string {
  const { below, zero, above } = palettes[theme];
  const end = index < levels ? below : above;
  const share = Math.abs(index - levels) / levels;
  const channels = zero.map((from, k) => Math.round(from + share * (end[k]! - from)));
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** The advantage at which colors end: nineteen of twenty are smaller in size, so that one outlier leaves the others their colors. */
export function colorRange(advantages: Float64Array): number {
  const sizes = advantages.map(Math.abs).sort();
  return sizes[Math.floor(0.95 * (sizes.length - 1))] ?? 0;
}
