/**
 * Keys of a file of settings that are no fields: what a run begins from, and what it is called.
 */

/** Keys that say what a run begins from. */
export const startKeys = ['from', 'fromIteration', 'withOptimizer'] as const;

/** Keys that say what a run is called. */
export const labelKeys = ['name', 'tags'] as const;
