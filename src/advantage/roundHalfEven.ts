/**
 * Rounding to a grid.
 */

/**
 * Rounds half to even, as NumPy's `round` does (JavaScript's `Math.round` rounds half up); never returns -0.
 *
 * Example: 0.5, 1.5, -0.5, 2.5 become 0, 2, 0, 2.
 */
export function roundHalfEven(value: number): number {
  // Adding 1.5 * 2^52 leaves no bits for a fraction, so the addition itself rounds, half to even; right up to 2^51 in size.
  if (value < 2251799813685248 && value > -2251799813685248) return value + 6755399441055744 - 6755399441055744;
  const floor = Math.floor(value);
  const part = value - floor;
  return part === 0.5 && floor % 2 !== 0 ? floor + 1 : floor;
}
