/** Elementary functions with the same bits everywhere, and statistics. */

export {
  bootstrapInterval,
  type Interval,
  interquartileMean,
  mean,
  quantile,
  standardDeviation,
  standardError,
  type UniformSource,
  variance,
} from '../statistics/bootstrap.ts';
export { exp, tanh } from './exponential.ts';
export { log, log1p } from './logarithm.ts';
export { cos, sin } from './trigonometric.ts';
