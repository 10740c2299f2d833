/** An estimate and the interval around it. */
export interface Interval {
  /** The value for the data themselves. */
  readonly estimate: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}
