/** Elementary functions with the same bits everywhere. */

export { exp, tanh } from './exponential.ts';
export { sumOfSquares } from './fma.ts';
export { log, log1p } from './logarithm.ts';
export { squareFloat32 } from './squareFloat32.ts';
export { cos, sin } from './trigonometric.ts';
export { cosFloat32, sinFloat32 } from './trigonometricFloat32.ts';
