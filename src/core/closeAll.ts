/**
 * Closing several things of which some may be the user's own.
 */

/** Closes all of them, also where one throws; then throws what the first one threw. */
export function closeAll(things: Iterable<{ close?(): void }>): void {
  const failures: unknown[] = [];
  for (const thing of things) {
    try {
      thing.close?.();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
