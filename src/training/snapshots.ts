/** Which policies a run keeps. */
import type { ResolvedConfig } from './config.ts';

/** Whether the policy after this iteration (from 1) is one of the `policySnapshots` that are kept: evenly spread, the last one included. */
export function isSnapshotDue(config: Pick<ResolvedConfig, 'iterations' | 'policySnapshots'>, iteration: number): boolean {
  const { iterations, policySnapshots } = config;
  const passed = (done: number): number => Math.floor((done * policySnapshots) / iterations);
  return policySnapshots > 0 && passed(iteration) > passed(iteration - 1);
}
