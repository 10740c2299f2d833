/** Where environments stand: taking it, and putting them elsewhere. */
import type { EnvState, VectorEnv } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import { generatorWords, placeRows } from '../core/stateRows.ts';
import { createGenerator } from '../random/index.ts';

/** The state of environments that can be put back into it. Throws `CohortError` for those that cannot give it; `subject` speaks in the error. */
export function standingOf(env: VectorEnv, subject: string): EnvState {
  const state = env.getState();
  if (state) return state;
  const advice = 'write getState and setState, or choose a method that does without';
  throw mistake(subject, 'an environment that can give its state', 'one without getState', advice);
}

/**
 * The state with environment j where `rows[j]` was taken, and its generator made anew from that one's and the words of `entropyOf(j)`: equal words are equal
 * random numbers. An environment that keeps no generator by the names of `generatorWords` keeps that of its row.
 */
export function rearranged(
  state: EnvState,
  numEnvs: number,
  rows: readonly EnvState[],
  entropyOf: (j: number) => readonly number[],
): EnvState {
  const placed = placeRows(state, numEnvs, rows);
  for (let j = 0; j < rows.length; j++) {
    const words = generatorWords(placed, numEnvs, j);
    if (words) createGenerator([...words, ...entropyOf(j)]).getState(words);
  }
  return placed;
}
