/**
 * What every scheduler is told alike, and how names are written for all of them.
 */

/** The task of an export, and what it may use. */
export interface ClusterRequest {
  /** Name of the sweep; any text. */
  readonly name: string;
  /** The id of the plan. */
  readonly id: string;
  /** Runs of the plan. */
  readonly tasks: number;
  /** At most so many at once; all, if left out. */
  readonly parallel?: number | undefined;
  /** Cores of one task. */
  readonly cpus: number;
  /** Memory of one task in MiB; what the scheduler usually gives, if left out. */
  readonly memory?: number | undefined;
}

/** A name as every scheduler takes it: small letters, digits and dashes, 1 to 40 of them, a letter first. */
export function plainName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
    .replace(/-+$/, '');
  return plain === '' ? 'sweep' : plain;
}

/** The words that run a task of a plan; `index` and `job` are written as the scheduler fills them in, and stand last. */
export function taskWords(plan: string, results: string, modules: readonly string[]): string[] {
  return ['task', plan, '--results', results, ...modules.flatMap((file) => ['--module', file])];
}
