/** Bins of equal width over the bounds of a box, in the arithmetic of NumPy's `linspace`. */
import { mistake, show } from '../../core/errors.ts';
import { type BoxSpace, type DiscreteSpace, discrete, type MultiDiscreteSpace, multiDiscrete } from '../../core/space.ts';

/** How many bins, for every entry or for each, and how they are numbered. */
export interface BinOptions {
  /** One number per entry instead of one for all. Default false. */
  readonly multiDiscrete?: boolean;
}

/** The bins of every entry. */
export class Bins {
  /** Bins of each entry. */
  readonly counts: readonly number[];
  /** Edges of the bins of each entry, the bounds included. */
  readonly edges: readonly Float64Array[];
  /** The numbers of the bins. */
  readonly space: DiscreteSpace | MultiDiscreteSpace;
  /** Rounds as the box does. */
  readonly round: (value: number) => number;

  /** Throws {@link CohortError}, in the name of a wrapper, unless `bins` is a whole number of at least 1, or one per entry. */
  constructor(
    name: string,
    { low, high, size, dtype }: BoxSpace,
    bins: number | readonly number[],
    { multiDiscrete: isMulti = false }: BinOptions,
  ) {
    const counts = typeof bins === 'number' ? new Array<number>(size).fill(bins) : bins;
    const isCount = (count: unknown): boolean => Number.isSafeInteger(count) && (count as number) >= 1;
    if (!Array.isArray(counts) || counts.length !== size || !counts.every(isCount)) {
      const expected = `a whole number of at least 1, or a list of ${size}, one per entry`;
      throw mistake(`${name}: bins`, expected, show(bins), 'give how many values each entry is to have');
    }
    const round = dtype === 'float64' ? (value: number): number => value : Math.fround;
    this.counts = [...counts];
    this.round = round;
    this.edges = counts.map((count, k) => {
      const width = round(round(high[k]! - low[k]!) / count);
      const edges = Float64Array.from({ length: count + 1 }, (_, j) => round(round(j * width) + low[k]!));
      edges[count] = high[k]!;
      return edges;
    });
    this.space = isMulti ? multiDiscrete(this.counts) : discrete(this.counts.reduce((product, count) => product * count, 1));
  }

  /** The number of the bin of each entry as the space writes it: the last entry counts fastest. */
  join(indices: readonly number[]): number | Int32Array {
    if (this.space.kind === 'multiDiscrete') return Int32Array.from(indices);
    return indices.reduce((index, bin, k) => index * this.counts[k]! + bin, 0);
  }

  /** The bin of each entry. */
  split(value: number | ArrayLike<number>): number[] {
    if (typeof value !== 'number') return Array.from(value);
    const indices = new Array<number>(this.counts.length);
    for (let k = indices.length - 1, rest = value; k >= 0; k--) {
      indices[k] = rest % this.counts[k]!;
      rest = Math.floor(rest / this.counts[k]!);
    }
    return indices;
  }
}
