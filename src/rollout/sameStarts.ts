/** A source of trajectories in groups of one start: what GRPO has with language models, where a group is the completions of one prompt. */
import { stateRows } from '../core/stateRows.ts';
import type { SourceContext, TrajectorySource } from './source.ts';
import { rearranged, standingOf } from './standing.ts';

/**
 * Every rollout begins anew, and environments `size i .. size (i + 1) - 1` begin it in the state of the first of them; no bin crosses their group. `common`: they meet the
 * same random numbers of the environment, too. Only first episodes of a rollout begin alike: later ones begin where resets put them, with common random numbers
 * alike again as long as the members' episodes end together.
 *
 * Throws `CohortError` where environments cannot give their state; `size` divides their number.
 */
export function sameStarts(source: TrajectorySource, context: SourceContext, size: number, common: boolean): TrajectorySource {
  const { env, collector } = context;
  const { numEnvs } = env;
  standingOf(env, 'startGroup');
  const origins = Array.from({ length: numEnvs }, (_, n) => n - (n % size));
  const groups = Int32Array.from(origins, (first) => first / size);
  return {
    ...source,
    collect(actor) {
      env.reset();
      collector.elapsed.fill(0);
      const state = standingOf(env, 'startGroup');
      const rows = origins.map((origin) => stateRows(state, numEnvs, origin, origin + 1));
      env.setState(rearranged(state, numEnvs, rows, (n) => [common ? 0 : n % size]));
      const collected = source.collect(actor);
      return { ...collected, batch: { ...collected.batch, groups, numGroups: numEnvs / size } };
    },
  };
}
