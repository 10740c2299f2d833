/** A range of numbers as an option of an environment: what a configuration, a policy file and a command line hold, all of them JSON. */

/** Two numbers from low to high; `null`, or an infinite number, where there is no bound. JSON has no infinite numbers and writes `null`. */
export type OptionRange = readonly [low: number | null, high: number | null];

/** The bounds as numbers, infinite where there is none. */
export function boundsOf([low, high]: OptionRange): readonly [low: number, high: number] {
  return [low ?? Number.NEGATIVE_INFINITY, high ?? Number.POSITIVE_INFINITY];
}

/** Whether it is a range: two bounds, the first below the second. */
export function isRange(value: unknown): value is OptionRange {
  if (!Array.isArray(value) || value.length !== 2 || value.some((bound) => bound !== null && typeof bound !== 'number')) return false;
  const [low, high] = boundsOf(value as unknown as OptionRange);
  // Not a number compares with nothing.
  return low < high;
}

/** The same range as JSON reads it back. */
export function storedRange(range: OptionRange): OptionRange {
  const [low, high] = range.map((bound) => (Number.isFinite(bound) ? bound : null));
  return [low!, high!];
}
