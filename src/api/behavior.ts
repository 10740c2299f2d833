/**
 * Behavior numbers of what a run names: part of the identity of the run.
 */
import { completionEstimators } from '../advantage/core.ts';
import { languageTasks } from '../lm/tasks/index.ts';
import type { StoredConfig } from '../run/storedRun.ts';
import type { LibraryContext } from './context.ts';

/** The row of a table; nothing for what the table does not have. */
function rowOf<T>(table: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === 'string' && Object.hasOwn(table, name) ? table[name] : undefined;
}

/**
 * The behavior numbers of the method (algorithm or estimator) and the target (environment or task) of a run. 1 for what is not registered here: the
 * user's own, whose code no number of ours describes.
 */
export function behaviorOf(
  { registry, algorithms }: Pick<LibraryContext, 'registry' | 'algorithms'>,
  { road, config }: Pick<StoredConfig, 'road' | 'config'>,
): { method: number; target: number } {
  const [method, target] =
    road === 'environments'
      ? [algorithms.find(String(config.algorithm)), registry.find(String(config.env))]
      : [rowOf(completionEstimators, config.estimator), rowOf(languageTasks, config.task)];
  return { method: method?.behavior ?? 1, target: target?.behavior ?? 1 };
}
