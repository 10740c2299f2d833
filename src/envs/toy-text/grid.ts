/** Walks over the cells of a grid: row * columns + column, row 0 at the top. */
import { box, discrete, type Space } from '../../core/space.ts';
import type { StepArrays } from '../dynamics.ts';

/** The option `observation` of such walks. */
export const cellOption = {
  kind: 'choice',
  names: ['one-hot', 'index', 'row-column'],
  default: 'one-hot',
  meaning: 'how the cell is shown: a discrete value, which a network sees one-hot; its number; or its row and column',
} as const;

/**
 * What a walk shows: the cell as a discrete value, which a policy sees as zeros but for a one (`one-hot`); its number as a vector of one (`index`); or its
 * row and its column (`row-column`). Neither is scaled. The discrete space is Gymnasium's.
 */
export type CellForm = (typeof cellOption.names)[number];

/** Rows down and columns to the right of a step. */
const steps = { left: [0, -1], right: [0, 1], up: [-1, 0], down: [1, 0] } as const;

/** Where a step leads; row 0 is at the top. */
export type Direction = keyof typeof steps;

/** A grid, and how its cells are shown. */
export class Grid {
  /** Discrete, Box(1) or Box(2). */
  readonly observationSpace: Space;
  readonly #rows: number;
  readonly #columns: number;
  readonly #showsRow: boolean;

  constructor(rows: number, columns: number, form: CellForm = 'one-hot') {
    this.#rows = rows;
    this.#columns = columns;
    this.#showsRow = form === 'row-column';
    const count = rows * columns;
    const vector = (): Space => (this.#showsRow ? box(0, [rows - 1, columns - 1], [2]) : box(0, count - 1, [1]));
    this.observationSpace = form === 'one-hot' ? discrete(count) : vector();
  }

  /** The cell beside, or the same one at the edge. */
  #beside(cell: number, direction: Direction): number {
    const [down, right] = steps[direction];
    const row = Math.min(Math.max(Math.floor(cell / this.#columns) + down, 0), this.#rows - 1);
    return row * this.#columns + Math.min(Math.max((cell % this.#columns) + right, 0), this.#columns - 1);
  }

  /** Where `cell * 4 + k` leads, a step in the k-th of four directions. */
  ways(directions: readonly Direction[]): Uint16Array {
    return Uint16Array.from({ length: 4 * this.#rows * this.#columns }, (_, move) => this.#beside(move >> 2, directions[move & 3]!));
  }

  /** Writes the cell as the observation of environment i. */
  show(cell: number, i: number, observations: StepArrays['observations']): void {
    if (!this.#showsRow) {
      observations[i] = cell;
      return;
    }
    observations[2 * i] = Math.floor(cell / this.#columns);
    observations[2 * i + 1] = cell % this.#columns;
  }
}
