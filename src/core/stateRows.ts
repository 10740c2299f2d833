/**
 * The state of N environments by row: which numbers are those of one environment. What `VectorEnv.getState` gives is arrays with one row per
 * environment, arrays of single environments under `env0/`, `env1/`, ..., and a few of the whole.
 */
import type { EnvState, StateArray } from './env.ts';

/** What the names of the arrays of environment `i` begin with in the state of lifted environments. */
export function envPrefix(i: number): string {
  return `env${i}/`;
}

/** The environment and the rest of a name that begins with {@link envPrefix}, or `undefined`. */
export function entryOfEnv(name: string): { readonly env: number; readonly name: string } | undefined {
  const [, env, rest] = /^env(\d+)\/(.*)$/s.exec(name) ?? [];
  return env === undefined ? undefined : { env: Number(env), name: rest! };
}

/** Whether an array is of the whole: whether it was ever reset, or running statistics of a wrapper, which belong to no moment of an episode. */
export function isOfTheWhole(name: string): boolean {
  return name === 'started' || /\/(mean|variance|counts)$/.test(name);
}

/**
 * The rows `from .. to - 1` of some of `numEnvs` environments, as views. Arrays of a single one are named by its number among these; those for which `isWhole`
 * says so are given as they are.
 */
export function stateRows<T extends object>(arrays: T, numEnvs: number, from: number, to: number, isWhole = isOfTheWhole): T {
  const rows = Object.entries(arrays as EnvState).flatMap(([name, array]): [string, StateArray][] => {
    const entry = entryOfEnv(name);
    if (entry) return from <= entry.env && entry.env < to ? [[envPrefix(entry.env - from) + entry.name, array]] : [];
    if (isWhole(name)) return [[name, array]];
    const width = array.length / numEnvs;
    return [[name, array.subarray(from * width, to * width)]];
  });
  return Object.fromEntries(rows) as T;
}

/** Where environment `env` stands, copied, without what is of the whole: {@link placeRows} puts it anywhere, at any time. */
export function takeRow(state: EnvState, numEnvs: number, env: number): EnvState {
  const own = Object.entries(stateRows(state, numEnvs, env, env + 1)).filter(([name]) => entryOfEnv(name) || !isOfTheWhole(name));
  return Object.fromEntries(own.map(([name, array]) => [name, array.slice()]));
}

/**
 * A state whose environment j stands where `rows[j]`, of {@link takeRow} or one of {@link stateRows}, was taken; those beyond the list stay where they are. Everything is copied: generators, clocks and
 * gathered returns too.
 *
 * Example: for `{ cells: [7, 8, 9] }` and rows `{ cells: [5] }`, `{ cells: [8] }` the cells are 5, 8, 9.
 */
export function placeRows(state: EnvState, numEnvs: number, rows: readonly EnvState[]): Record<string, StateArray> {
  const placed: Record<string, StateArray> = {};
  for (const [name, array] of Object.entries(state)) {
    const entry = entryOfEnv(name);
    if (entry && entry.env < rows.length) continue;
    const copy = array.slice();
    placed[name] = copy;
    if (entry || isOfTheWhole(name)) continue;
    const width = array.length / numEnvs;
    for (const [j, row] of rows.entries()) copy.set(row[name] as typeof copy, j * width);
  }
  for (const [j, row] of rows.entries()) {
    for (const [name, array] of Object.entries(row)) {
      const entry = entryOfEnv(name);
      if (entry) placed[envPrefix(j) + entry.name] = array.slice();
    }
  }
  return placed;
}

/** The words of the generator of environment `i` in a state, a view; `undefined` where the state does not name one (`generators`, `env0/generator`). */
export function generatorWords(state: EnvState, numEnvs: number, i: number): Uint32Array | undefined {
  const all = state.generators ?? state[`${envPrefix(i)}generator`];
  if (!(all instanceof Uint32Array)) return undefined;
  const width = all === state.generators ? all.length / numEnvs : all.length;
  return all === state.generators ? all.subarray(i * width, (i + 1) * width) : all;
}
