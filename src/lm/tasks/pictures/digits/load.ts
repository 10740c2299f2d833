/**
 * The 1,797 handwritten digits that scikit-learn carries, a module of its own that is loaded when it is asked for: "Optical Recognition of Handwritten
 * Digits", E. Alpaydin and C. Kaynak, UCI Machine Learning Repository 1998, its part for testing (see NOTICE).
 */
import { mistake } from '../../../../core/errors.ts';
import { createPicture, type Picture, setPixel } from '../canvas.ts';

/** Pixels of a side. */
export const digitSize = 8;

/** The digits. */
export interface Digits {
  /** 1,797 pictures of 8 x 8 pixels, light on dark. */
  readonly pictures: readonly Picture[];
  /** What each shows, 0 .. 9. */
  readonly labels: readonly number[];
}

let loaded: Digits | undefined;

/** Loads the digits; the second time they are there already. */
export async function loadDigits(): Promise<Digits> {
  if (loaded) return loaded;
  const { labels, levels } = await import('./generated.ts');
  const pixels = digitSize * digitSize;
  loaded = {
    pictures: Array.from({ length: labels.length }, (_, i) => pictureOf(levels.slice(i * pixels, (i + 1) * pixels))),
    labels: Array.from(labels, Number),
  };
  return loaded;
}

/** The digits, which must be loaded. Throws {@link CohortError} if they are not. */
export function loadedDigits(): Digits {
  if (loaded) return loaded;
  throw mistake('digits', 'digits that are loaded', 'none', 'wait for the task’s load() before drawing problems');
}

/** A picture of 64 letters: `A` is 0, `Q` is 16; 16 becomes 255. */
function pictureOf(letters: string): Picture {
  const picture = createPicture(digitSize, digitSize, [0, 0, 0]);
  for (let i = 0; i < letters.length; i++) {
    const grey = ((letters.charCodeAt(i) - 0x41) * 255) >> 4;
    setPixel(picture, i % digitSize, Math.floor(i / digitSize), [grey, grey, grey]);
  }
  return picture;
}
