/** The colors that scenes of one's own may name: each suits a light and a dark page. */
import type { Palette } from './palette.ts';

/** Names of the colors, from what stands out to what moves. */
export const sceneColors = ['ink', 'grey', 'pale', 'blue', 'teal', 'green', 'amber', 'red'] as const;

/** Name of a color of a scene of one's own. */
export type SceneColor = (typeof sceneColors)[number];

/** Colors of the palette that have another name here. */
const paletteNames: Readonly<Record<string, keyof Palette>> = { grey: 'stone', pale: 'line' };

/** What to paint a color with on this page. */
export function paintOf(color: SceneColor, colors: Palette): string {
  return colors[paletteNames[color] ?? (color as keyof Palette)];
}
