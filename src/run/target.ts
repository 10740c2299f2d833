/**
 * What a run trains on, and with what, by its configuration.
 */
import type { ConfigEvent } from './events.ts';

/** The environment or the task. */
export function targetOf({ config, road }: Pick<ConfigEvent, 'config' | 'road'>): string {
  return String(config[road === 'environments' ? 'env' : 'task']);
}

/** The algorithm or the estimator. */
export function methodOf({ config, road }: Pick<ConfigEvent, 'config' | 'road'>): string {
  return String(config[road === 'environments' ? 'algorithm' : 'estimator']);
}
