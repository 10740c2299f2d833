/** Where the time of an iteration goes, from its metrics. */

/** The parts that are told apart, in the order of an iteration, and what a person calls them. */
export const timeParts = [
  { key: 'time/env', name: 'environment' },
  { key: 'time/forward', name: 'forward' },
  { key: 'time/advantage', name: 'advantage' },
  { key: 'time/backward', name: 'backward' },
  { key: 'time/optimizer', name: 'optimizer' },
] as const;

/** Name and share of each part, 0 .. 1 in all; empty while nothing is known. */
export type TimeShares = readonly { readonly name: string; readonly share: number }[];

/** The shares over several iterations together: those of {@link timeParts} of what they took in all. */
export function timeShares(iterations: readonly Readonly<Record<string, number | null | undefined>>[]): TimeShares {
  const seconds = timeParts.map(({ key }) => iterations.reduce((sum, metrics) => sum + Math.max(metrics[key] ?? 0, 0), 0));
  const total = seconds.reduce((sum, value) => sum + value, 0);
  return total > 0 ? timeParts.map(({ name }, k) => ({ name, share: seconds[k]! / total })) : [];
}
