/**
 * Sine and cosine of a float32 as NumPy computes them where the processor has fused multiply-add: to about one unit in the last place, not
 * correctly rounded, so that their bits are a matter of method. The method and all constants are those of NumPy 2
 * (`numpy/_core/src/umath/loops_trigonometric.dispatch.cpp`): reduction by pi/2 in three parts (W. J. Cody, W. Waite 1980), then one of two
 * polynomials in Horner's order.
 */
const fround = Math.fround;

/** 2 / pi. */
const twoOverPi = 0.6366197466850281;
// pi/2 in three parts of at most 24 bits.
const halfPi1 = 1.570796012878418;
const halfPi2 = 3.1391647326017846e-7;
const halfPi3 = 5.390302529957765e-15;
// Coefficients of x^4, x^6, x^8 of the cosine, and of x^3, x^5, x^7, x^9 of the sine.
const cos4 = 0.04166661947965622;
const cos6 = -0.001388652017340064;
const cos8 = 2.4372266125283204e-5;
const sin3 = -0.1666666716337204;
const sin5 = 0.008333397097885609;
const sin7 = -0.00019856491417158395;
const sin9 = 2.8404097065504175e-6;

/** a b + c, rounded once: the product of two float32 is exact. (A sum that rounds to the middle of two float32 is rounded twice.) */
const fused = (a: number, b: number, c: number): number => fround(a * b + c);

/** The sine of the angle that is `x` plus so many right angles. */
function shiftedSine(x: number, rightAngles: 0 | 1): number {
  const turns = nearestEven(fround(x * twoOverPi));
  const r = fused(turns, -halfPi3, fused(turns, -halfPi2, fused(turns, -halfPi1, x)));
  const square = fround(r * r);
  const quadrant = (turns + rightAngles) & 3;
  const value =
    (quadrant & 1) === 1
      ? fused(fused(fused(fused(cos8, square, cos6), square, cos4), square, -0.5), square, 1)
      : fused(fround(fused(fused(fused(sin9, square, sin7), square, sin5), square, sin3) * square), r, r);
  return quadrant < 2 ? value : -value;
}

/** The nearest whole number, of two the even one, for |x| < 2^22. */
const nearestEven = (x: number): number => fround(fround(x + 12582912) - 12582912); // 1.5 * 2^23

/** The sine of the float32 `x`, |x| <= 100, in radians. */
export const sinFloat32 = (x: number): number => shiftedSine(x, 0);

/** The cosine of the float32 `x`, |x| <= 100, in radians. */
export const cosFloat32 = (x: number): number => shiftedSine(x, 1);
