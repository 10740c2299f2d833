/** The recorded runs of test/fixtures/doctor as the rules see them; made by tools/recordDoctor.mjs. */
import { readFileSync } from 'node:fs';
import { type ExaminedRun, iterationsOf } from '../../src/doctor/index.ts';
import { standardRegistry } from '../../src/envs/index.ts';

const folder = new URL('../fixtures/doctor/', import.meta.url);
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));

/** The runs by name and command: those that learn, and those with an illness, with the rules that find something at the end. */
export const { healthy, ill } = read('runs.json') as {
  readonly healthy: readonly [name: string, command: string][];
  readonly ill: readonly [name: string, command: string, expected: readonly string[]][];
};

/** A run as it is recorded. */
export interface Recorded
  extends Pick<ExaminedRun, 'road' | 'config'>,
    Pick<ExaminedRun['facts'], 'variance' | 'actionSpace' | 'solvedFrom'> {
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
}

/** A recorded run. */
export function recorded(name: string): Recorded {
  return read(`recorded/${name}.json`) as Recorded;
}

/** Its lines of metrics.jsonl; what an iteration had no value of is left out. */
export function linesOf({ columns }: Recorded): Record<string, number>[] {
  const count = columns.iteration!.length;
  return Array.from({ length: count }, (_, i) => {
    const values = Object.entries(columns).map(([key, list]): [string, number | null] => [key, list[i]!]);
    return Object.fromEntries(values.filter((entry): entry is [string, number] => entry[1] !== null));
  });
}

const registry = standardRegistry();

/** A recorded run with what is known of its environment. */
export function examinedRun(name: string): ExaminedRun {
  const run = recorded(name);
  const { road, config, actionSpace, variance, solvedFrom } = run;
  const spec = road === 'environments' ? registry.find(String(config.env)) : undefined;
  const facts = { actionSpace, variance, solvedFrom: solvedFrom ?? spec?.rewardThreshold, maxEpisodeSteps: spec?.maxEpisodeSteps };
  return { road, config, facts, rows: iterationsOf(linesOf(run)) };
}
