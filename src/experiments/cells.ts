/**
 * Runs as cells: those that differ in nothing but the seed belong together, and a cell is named by what tells it from the others.
 */
import type { Cell, RunResult } from './result.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `numEnvs 16`; a record by its own fields. */
function words(field: string, value: unknown): string {
  if (value === undefined) return `no ${field}`;
  if (typeof value === 'boolean') return value ? field : `no ${field}`;
  if (Array.isArray(value)) return `${field} ${value.join(',') || 'none'}`;
  if (typeof value !== 'object' || value === null) return `${field} ${String(value)}`;
  const inner = Object.entries(value).map(([name, part]) => `${name} ${String(part)}`);
  return inner.join(', ') || `no ${field}`;
}

/** Fields whose values differ between some of the groups of settings. */
export function differingFields(settings: readonly Readonly<Record<string, unknown>>[]): string[] {
  const fields = [...new Set(settings.flatMap(Object.keys))].sort();
  return fields.filter((field) => settings.some((one) => !same(one[field], settings[0]?.[field])));
}

/** What a run is besides its seed. */
function kindOf({ source, road, target, method, settings, iterations, status }: RunResult): string {
  // A run that stopped early is not the run that went to its end.
  const end = status === 'stopped' ? iterations : undefined;
  return JSON.stringify([source, road, target, method, settings, end]);
}

/** What people call the runs of a cell, where they call all of them so. */
function nameOfAll(runs: readonly RunResult[]): string | undefined {
  const names = new Set(runs.map(({ name }) => name));
  return names.size === 1 ? [...names][0] : undefined;
}

/**
 * The runs by what they are besides the seed, in the order in which they first appear, each cell named by target, method and settings as far as these
 * differ: `ppo, numEnvs 16`. Of two runs with the same identity the first counts: they have the same bits. A single cell is named by target and method;
 * one whose runs all have the same name by that.
 */
export function groupRuns(runs: readonly RunResult[]): Cell[] {
  const groups = new Map<string, RunResult[]>();
  for (const run of runs) {
    // Equal settings and seeds of another identity: other modules of the user, or a release that computes otherwise. They are cells of their own.
    for (let turn = 0; ; turn++) {
      const kind = `${kindOf(run)}${turn}`;
      const group = groups.get(kind) ?? [];
      const twin = group.find(({ seed }) => String(seed) === String(run.seed));
      if (twin && twin.identity !== run.identity) continue;
      if (!twin) groups.set(kind, [...group, run]);
      break;
    }
  }
  const firsts = [...groups.values()].map(([first]) => first!);
  const several = (part: (run: RunResult) => string): boolean => new Set(firsts.map(part)).size > 1;
  // Which algorithm and environment it was is said already; what only one of two methods has tells nothing.
  const named = new Set(['algorithm', 'estimator', 'env', 'task']);
  // How it was measured matters where nothing else differs.
  const isMeasuring = (field: string): boolean => /^(finalE|e)valuation/.test(field);
  const byMethod = new Map<string, RunResult[]>();
  for (const first of firsts) {
    const key = `${first.source} ${first.target} ${first.method}`;
    byMethod.set(key, [...(byMethod.get(key) ?? []), first]);
  }
  const members = [...groups.values()];
  const names = firsts.map((first, index) => {
    const alike = byMethod.get(`${first.source} ${first.target} ${first.method}`)!;
    const differing = differingFields(alike.map(({ settings }) => settings)).filter((field) => !named.has(field));
    const training = differing.filter((field) => !isMeasuring(field));
    const kinds = new Set(alike.map(({ settings }) => JSON.stringify(training.map((field) => settings[field]))));
    const fields = kinds.size === alike.length ? training : differing;
    const parts = [
      ...(several(({ source }) => source) ? [first.source] : []),
      ...(several(({ target }) => target) ? [first.target] : []),
      ...(several(({ method }) => method) ? [first.method] : []),
      ...fields.map((field) => words(field, first.settings[field])),
    ];
    return nameOfAll(members[index]!) ?? (parts.join(', ') || `${first.target}, ${first.method}`);
  });
  const used = new Map<string, number>();
  return [...groups.values()].map((group, index) => {
    const name = names[index]!;
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    // Runs that were stopped at different iterations have the same settings; so have runs of another behavior.
    const [other] = firsts.filter((_, place) => names[place] === name);
    const words =
      nameOfAll(group) === name
        ? `${group[0]!.target}, ${group[0]!.method}, ${before + 1}`
        : other!.iterations === group[0]!.iterations
          ? `another behavior, ${group[0]!.identity.slice(0, 8)}`
          : `${group[0]!.iterations} iterations`;
    return { name: before === 0 ? name : `${name} (${words})`, runs: group };
  });
}
