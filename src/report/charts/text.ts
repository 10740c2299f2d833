/**
 * How wide text is where nothing can measure it: the layout of a chart has to be the same on every machine.
 */

/** Widths in units of the font's size, those of Helvetica and Arial by kinds of characters. */
const kinds: readonly (readonly [RegExp, number])[] = [
  [/[ijl'|.,:;!\s]/, 0.28],
  [/[frtI()[\]/\\-]/, 0.34],
  [/[mwMW%@]/, 0.88],
  [/[A-Z&]/, 0.7],
  [/[a-z0-9_=+<>~#$?*"^{}]/, 0.556],
];
/** Fonts that stand in for these are wider, DejaVu Sans by about so much. */
const room = 1.12;

/** Pixels that a line of text takes at most, in a plain font of `size` pixels. */
export function textWidth(text: string, size: number): number {
  let units = 0;
  for (const character of text) units += kinds.find(([kind]) => kind.test(character))?.[1] ?? 1;
  return units * size * room;
}
