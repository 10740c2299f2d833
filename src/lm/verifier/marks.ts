/**
 * Characters of Unicode's private use that stand for what a text wrote in several ways; any in the text itself are replaced first.
 */

/** A separator of thousands that cannot be a list's comma. */
export const thousand = '\uE000';
/** Before a single letter that was written upright, in `\text{}` or `\mathrm{}`: a unit, a choice, Euler's e. */
export const upright = '\uE001';
/** A dollar. */
export const dollar = '\uE002';
/** The end of a row, `\\`. */
export const rowEnd = '\uE003';
/** All of them. */
export const privateUse = /[\uE000-\uE00F]/g;
