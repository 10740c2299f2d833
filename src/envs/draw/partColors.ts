/** The colors of the parts of bodies, in flat pictures and in space alike. */
import type { Palette } from './palette.ts';

/** A part as drawings choose its color. */
interface Part {
  readonly name: string;
  /** (4) Red, green, blue and opacity of its own. */
  readonly color?: readonly number[];
}

/** Brightness of an outline beside that of what it goes around. */
const outlineShade = 0.7;

/** A color as styles write it; `shade` times as bright. */
function styleOf([red, green, blue, opacity]: readonly number[], shade: number): string {
  const byte = (value: number): number => Math.round(255 * shade * value);
  return `rgba(${byte(red!)}, ${byte(green!)}, ${byte(blue!)}, ${opacity})`;
}

/**
 * Fill and outline of a part: its own color, else by its name: trunk cool; left, back and fingers between; right, front and all that have no side warm;
 * aims red, what is to be moved green, rails grey.
 */
export function colorsOfPart({ name, color }: Part, colors: Palette): readonly [fill: string, outline: string] {
  if (color) return [styleOf(color, 1), styleOf(color, outlineShade)];
  if (/target|goal/.test(name)) return [colors.red, colors.deepRed];
  if (/object/.test(name)) return [colors.green, colors.deepTeal];
  if (/eye/.test(name)) return [colors.eye, colors.stone];
  if (/pupil/.test(name)) return [colors.pupil, colors.pupil];
  if (/rail|wall|track/.test(name)) return [colors.line, colors.stone];
  if (/torso|head|chest|waist|pelvis|body|cart|slider|base|mid|root/.test(name)) return [colors.blue, colors.deepBlue];
  if (/^b(thigh|shin|foot)|^back\w*$|left|finger|palm/.test(name)) return [colors.teal, colors.deepTeal];
  return [colors.amber, colors.deepAmber];
}
