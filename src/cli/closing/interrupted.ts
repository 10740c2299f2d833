/**
 * What is said of an interrupted training: how far it came, what is kept, and what is lost.
 */

import type { SeedState } from '../../display/state.ts';
import type { SeedOutcome } from '../../node/toolkit.ts';

/** What a seed that was cut off loses. */
export function lossOf({ iteration, iterations, checkpoint, resumed }: SeedState): string {
  const last =
    checkpoint !== undefined
      ? `the last checkpoint is that of iteration ${checkpoint}`
      : resumed
        ? 'the checkpoint that it went on from stands'
        : 'there is no checkpoint yet';
  const lost =
    iteration < iterations ? `iteration ${iteration + 1} did not end in time and is lost` : 'the evaluation at the end did not end in time';
  return `${lost}; ${last}`;
}

/** The lines that follow the word "Interrupted". `isKept`: there is a checkpoint to go on from. */
export function interruptedLines(
  outcomes: readonly SeedOutcome[],
  seeds: readonly SeedState[],
  { isKept, several, iterations }: { readonly isKept: boolean; readonly several: boolean; readonly iterations: number },
): string[] {
  const cut = seeds.filter(({ seed }) => outcomes.some((outcome) => outcome.kind === 'cutOff' && String(outcome.seed) === seed));
  if (!isKept) return [' before the first checkpoint; nothing is kept.'];
  if (several) {
    const done = outcomes.filter((outcome) => outcome.kind === 'done' && outcome.summary.status === 'done').length;
    const kept = `: ${done} of ${outcomes.length} seeds are done; checkpoints are written.`;
    return [kept, ...cut.map((seed) => `Seed ${seed.seed}: ${lossOf(seed)}.`)];
  }
  const [lost] = cut;
  const place = (seed: SeedState): string =>
    seed.iteration < iterations ? `iteration ${seed.iteration + 1} of ${iterations}` : 'its last evaluation';
  if (lost) return [` in ${place(lost)}: ${lossOf(lost)}.`];
  const [reached = 0] = outcomes.flatMap((outcome) => (outcome.kind === 'done' ? [outcome.summary.iterations] : []));
  if (reached === iterations) return [' before the evaluation at the end was over; the checkpoint is written.'];
  return [` at iteration ${reached} of ${iterations}; the checkpoint is written.`];
}
