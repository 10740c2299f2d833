/**
 * The rerun of arXiv 2510.03679: its runs, its published figures, its claims.
 */
import { mistake, show, suggest } from '../core/errors.ts';
import { listSeeds, type Matrix } from '../experiments/matrix.ts';
import { figure4, table1, tunedPpo } from './matrices.ts';
import { readings } from './readings.ts';

/** What can be rerun. */
export interface Reproduction {
  /** What follows `reproduce`. */
  readonly name: string;
  readonly title: string;
  /** The runs that it needs. */
  readonly matrices: readonly Matrix[];
}

/** What can be rerun, in the order of the paper. */
export const reproductions: readonly Reproduction[] = [
  { name: 'table1', title: 'Table 1: GPG and PPO on four tasks', matrices: [table1] },
  { name: 'fig2', title: 'Figure 2: learning curves by iteration, from the runs of Table 1', matrices: [table1] },
  { name: 'fig3', title: 'Figure 3: learning curves by environment step, from the runs of Table 1', matrices: [table1] },
  { name: 'fig4', title: 'Figure 4: eight binnings on LunarLander', matrices: [figure4] },
  { name: 'tuned-ppo', title: 'PPO with settings that others tuned', matrices: [tunedPpo] },
  { name: 'readings', title: 'the open settings of the paper, judged by its PPO column', matrices: [readings] },
  { name: 'all', title: 'everything above', matrices: [table1, figure4, tunedPpo, readings] },
];

/** The reproduction of that name. Throws `CohortError` for an unknown one. */
export function findReproduction(name: string): Reproduction {
  const found = reproductions.find((known) => known.name === name);
  if (found) return found;
  const names = reproductions.map((known) => known.name);
  throw mistake('reproduce', `one of ${names.join(', ')}`, show(name), suggest(name, names));
}

/** Parts of a matrix to run: a list keeps only these values of an axis. */
export interface Restriction {
  readonly tasks?: readonly string[] | undefined;
  readonly numEnvs?: readonly number[] | undefined;
  readonly algorithms?: readonly string[] | undefined;
  /** How many seeds, or which. */
  readonly seeds?: Matrix['seeds'] | undefined;
}

function keep(matrix: Matrix, axis: string, wanted: readonly unknown[] | undefined, subject: string): Matrix {
  const values = matrix.axes[axis];
  if (wanted === undefined || !Array.isArray(values)) return matrix;
  const names = values.map(String);
  const stray = wanted.find((value) => !names.includes(String(value)));
  if (stray !== undefined) throw mistake(subject, `some of ${names.join(', ')}`, show(stray), suggest(stray, names));
  return { ...matrix, axes: { ...matrix.axes, [axis]: values.filter((value) => wanted.map(String).includes(String(value))) } };
}

/** A matrix with fewer values on its axes, or other seeds. Throws `CohortError` for a value that it does not have. */
export function restrict(matrix: Matrix, { tasks, numEnvs, algorithms, seeds }: Restriction): Matrix {
  const smaller = keep(
    keep(keep(matrix, 'env', tasks, '--tasks'), 'numEnvs', numEnvs, '--num-envs'),
    'algorithm',
    algorithms,
    '--algorithms',
  );
  if (seeds === undefined) return smaller;
  listSeeds(seeds, '--seeds');
  return { ...smaller, seeds, seedsOf: [] };
}
