/** Walks over the cells of a grid: row * columns + column, row 0 at the top. */
import { box, type DiscreteSpace, discrete, type Space } from '../../core/space.ts';
import type { StepArrays } from '../dynamics.ts';
import type { Outcome, StateView } from './tabular.ts';

/** Four directions, each a quarter turn from the one before. */
export const directions: DiscreteSpace = /* @__PURE__ */ discrete(4);

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
export class Grid implements StateView {
  /** Discrete, Box(1) or Box(2). */
  readonly observationSpace: Space;
  readonly #rows: number;
  readonly #columns: number;
  readonly #showsRow: boolean;

  readonly #walls: readonly number[];

  /** `walls`: cells with a wall on their right. */
  constructor(rows: number, columns: number, form: CellForm = 'one-hot', walls: readonly number[] = []) {
    this.#walls = walls;
    this.#rows = rows;
    this.#columns = columns;
    this.#showsRow = form === 'row-column';
    const count = rows * columns;
    const vector = (): Space => (this.#showsRow ? box(0, [rows - 1, columns - 1], [2]) : box(0, count - 1, [1]));
    this.observationSpace = form === 'one-hot' ? discrete(count) : vector();
  }

  /** The cell beside, or the same one at the edge and at a wall. */
  #beside(cell: number, direction: Direction): number {
    const [down, right] = steps[direction];
    if (right !== 0 && this.#walls.includes(right > 0 ? cell : cell - 1)) return cell;
    const row = Math.min(Math.max(Math.floor(cell / this.#columns) + down, 0), this.#rows - 1);
    return row * this.#columns + Math.min(Math.max((cell % this.#columns) + right, 0), this.#columns - 1);
  }

  /** Where `cell * 4 + k` leads, a step in the k-th of four directions. */
  ways(directions: readonly Direction[]): Uint16Array {
    return Uint16Array.from({ length: 4 * this.#rows * this.#columns }, (_, move) => this.#beside(move >> 2, directions[move & 3]!));
  }

  /**
   * What moves lead to that go straight with one probability, and with another a quarter turn to each side, in the order in which Gymnasium adds them up:
   * before, straight, after. `arrive` says what comes of a move onto a cell.
   */
  outcomes(directions: readonly Direction[], straight: number, aside: number, arrive: (cell: number) => Omit<Outcome, 'probability'>) {
    const ways = this.ways(directions);
    const turns =
      aside === 0
        ? [[0, straight] as const]
        : ([
            [3, aside],
            [0, straight],
            [1, aside],
          ] as const);
    return (cell: number, action: number): readonly Outcome[] =>
      turns.map(([turn, probability]) => ({ probability, ...arrive(ways[cell * 4 + ((action + turn) & 3)]!) }));
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
