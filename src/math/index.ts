/** Elementary functions with the same bits everywhere. */

export { exp, tanh } from './exponential.ts';
export { sumOfSquares } from './fma.ts';
export { log, log1p } from './logarithm.ts';
export { cos, sin } from './trigonometric.ts';
