/** How the reports of benchmarks write figures. */
import { median } from '../dist/statistics.js';

/** A whole number with commas. */
export const number = (value) => Math.round(value).toLocaleString('en-US');
/** Median, lowest and highest. */
export const spread = (values) => `${number(median(values))} (${number(Math.min(...values))} to ${number(Math.max(...values))})`;
/** Median of the ratios round by round: a machine that changes its speed changes both sides. */
export const ratio = (a, b) => median(a.map((value, i) => value / b[i]));
