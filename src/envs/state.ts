/** Copying named arrays into a state and back, with errors that name what does not fit. */
import type { EnvState, StateArray } from '../core/env.ts';
import { mistake, show } from '../core/errors.ts';

/** Copies of the arrays, each name with `prefix` before it. */
export function saveArrays(arrays: EnvState, prefix = ''): Record<string, StateArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array.slice()]));
}

/**
 * Copies the entries `prefix + name` of `state` into the arrays of the same name. Other entries are left to their owners.
 * Throws {@link CohortError} if one is missing, or of another type or length.
 */
export function restoreArrays(subject: string, arrays: EnvState, state: EnvState, prefix = ''): void {
  for (const [name, array] of Object.entries(arrays)) {
    const saved = state[prefix + name];
    if (saved === undefined || saved.constructor !== array.constructor || saved.length !== array.length) {
      throw mistake(
        `${subject}.setState`,
        `${prefix}${name}, a ${array.constructor.name} of length ${array.length}`,
        saved === undefined ? show(saved) : `a ${saved.constructor.name} of length ${saved.length}`,
        'pass what getState of the same environment returned',
      );
    }
  }
  for (const [name, array] of Object.entries(arrays)) array.set(state[prefix + name]!);
}

/** The entries of `state` whose names begin with `prefix`, without it. */
export function entriesUnder(state: EnvState, prefix: string): EnvState {
  return Object.fromEntries(
    Object.entries(state).flatMap(([name, array]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), array]] : [])),
  );
}
