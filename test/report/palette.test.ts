import { describe, expect, it } from 'vitest';
import { contrastRatio, luminance, seriesColors, seriesDashes, styleOf, themes } from '../../src/report/palette.ts';

// G. M. Machado et al. 2009, severity 1: protanopia, deuteranopia, tritanopia, in linear RGB.
const visions = [
  [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
];
const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** CIELAB of a color as one of the visions sees it; D65. */
function lab(hex: string, vision: readonly (readonly number[])[]): number[] {
  const linear = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const seen = vision.map((row) => dot(row, linear));
  const f = (t: number): number => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116);
  const x = f(dot([0.4124, 0.3576, 0.1805], seen) / 0.9505);
  const y = f(dot([0.2126, 0.7152, 0.0722], seen));
  const z = f(dot([0.0193, 0.1192, 0.9505], seen) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

describe('palette', () => {
  it('knows the ends of the scale: black on white is 21 to 1', () => {
    expect(luminance('#ffffff')).toBeCloseTo(1, 12);
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 12);
  });

  it.each(Object.entries(themes))('%s: every color has 3:1 on the background, text 4.5:1', (_name, { background, text, label }) => {
    for (const color of seriesColors) expect(contrastRatio(color, background), color).toBeGreaterThanOrEqual(3);
    for (const color of [text, label]) expect(contrastRatio(color, background), color).toBeGreaterThanOrEqual(4.5);
  });

  it('any two colors differ by 15 in CIELAB for every color vision', () => {
    for (const vision of visions) {
      for (const [i, one] of seriesColors.entries()) {
        for (const other of seriesColors.slice(i + 1)) {
          const [a, b] = [lab(one, vision), lab(other, vision)];
          expect(Math.hypot(...a.map((value, k) => value - b[k]!)), `${one} ${other}`).toBeGreaterThanOrEqual(15);
        }
      }
    }
  });

  it('no two of the first thirty series look the same', () => {
    const styles = Array.from({ length: seriesColors.length * seriesDashes.length }, (_, i) =>
      JSON.stringify([styleOf(i).color, styleOf(i).dash]),
    );
    expect(styles).toHaveLength(30);
    expect(new Set(styles).size).toBe(30);
  });
});
