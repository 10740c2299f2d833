/**
 * The rollouts of shards beside one another: the columns of (T, N) arrays that belong to consecutive environments, out and in.
 */
import type { StateArray } from '../../core/env.ts';
import { failure } from '../../core/errors.ts';
import type { Learner, UpdateArrays } from '../../policy/learner.ts';
import type { Rollout } from '../../rollout/buffer.ts';
import type { Shard } from './cut.ts';

/** What gradients read of a rollout, and what only estimators read. */
const learned = ['inputs', 'actions', 'logProbs', 'masks'] as const;
const outcome = ['rewards', 'terminated', 'truncated', 'finalObservations', 'startedByReset', 'elapsedAtStart'] as const;
/** Only of observations that are encoded; others are the inputs. */
const encoded = ['observations', 'edgeObservations'] as const;
const ofOneRow: readonly string[] = ['startedByReset', 'elapsedAtStart', 'edgeObservations'];

type Arrays = Record<string, StateArray>;

function present(rollout: Rollout, names: readonly (keyof Rollout)[]): Arrays {
  return Object.fromEntries(names.flatMap((name) => (rollout[name] === undefined ? [] : [[name, rollout[name]]]))) as Arrays;
}

/** The arrays that gradients read. */
export function learnedArrays(rollout: Rollout): Arrays & Pick<UpdateArrays, 'inputs' | 'actions' | 'logProbs'> {
  return present(rollout, learned) as Arrays & Pick<UpdateArrays, 'inputs' | 'actions' | 'logProbs'>;
}

/** The arrays that only estimators read. */
export function outcomeArrays(rollout: Rollout): Arrays {
  return present(rollout, rollout.encodes ? [...outcome, ...encoded] : outcome);
}

/** The arrays of an estimator that gradients read, without the edge. */
export function estimateArrays({ arrays }: Learner, steps: number): Arrays & Pick<UpdateArrays, 'advantages'> {
  const names = ['advantages', 'rowWeights', 'returns', 'values'] as const;
  const entries = names.flatMap((name) => (arrays[name] ? [[name, arrays[name].subarray(0, steps)] as const] : []));
  return Object.fromEntries(entries) as Arrays & Pick<UpdateArrays, 'advantages'>;
}

/** Copies of arrays. */
export function copies<T extends object>(arrays: T): T {
  const entries = Object.entries(arrays as Arrays).filter(([, array]) => array !== undefined);
  return Object.fromEntries(entries.map(([name, array]) => [name, array.slice()])) as T;
}

/** Throws `CohortError` unless there are arrays of these names, kinds and lengths. */
export function checkArrays(subject: string, arrays: Readonly<Record<string, unknown>>, like: Readonly<Record<string, StateArray>>): void {
  for (const [name, model] of Object.entries(like)) {
    const array = arrays[name] as StateArray | undefined;
    if (array?.constructor === model.constructor && array.length === model.length) continue;
    const got = ArrayBuffer.isView(array) ? `a ${array.constructor.name} of ${array.length}` : typeof array;
    throw failure(
      `${subject}: ${name}`,
      `a ${model.constructor.name} of ${model.length}`,
      got,
      'use the same configuration and build on all machines',
    );
  }
}

/** Rows of an array of a rollout: one for each step, and one for the edge where it has one. */
function rowsOf(name: string, { numSteps }: Rollout): number {
  return name === 'inputs' || name === 'stateValues' ? numSteps + 1 : ofOneRow.includes(name) ? 1 : numSteps;
}

/** Puts the arrays of a shard into those of all environments. Throws `CohortError` where they do not fit. */
export function placeColumns(
  subject: string,
  part: Readonly<Record<string, unknown>>,
  whole: Arrays,
  rollout: Rollout,
  shard: Shard,
): void {
  const { numEnvs } = rollout;
  const like = Object.entries(whole).map(([name, array]) => [name, array.subarray(0, (array.length / numEnvs) * shard.numEnvs)]);
  checkArrays(subject, part, Object.fromEntries(like) as Arrays);
  for (const [name, array] of Object.entries(whole)) {
    const source = part[name] as StateArray;
    const rows = rowsOf(name, rollout);
    const width = array.length / (rows * numEnvs);
    const length = shard.numEnvs * width;
    for (let t = 0; t < rows; t++) array.set(source.subarray(t * length, (t + 1) * length), (t * numEnvs + shard.firstEnv) * width);
  }
}

/** A shard's columns of arrays with one number for each step. */
export function takeColumns<T extends object>(arrays: T, { numSteps, numEnvs }: Rollout, shard: Shard): T {
  const taken = Object.entries(arrays as Arrays).map(([name, array]) => {
    const columns = new (array.constructor as new (length: number) => StateArray)(numSteps * shard.numEnvs);
    for (let t = 0; t < numSteps; t++) {
      const first = t * numEnvs + shard.firstEnv;
      columns.set(array.subarray(first, first + shard.numEnvs), t * shard.numEnvs);
    }
    return [name, columns] as const;
  });
  return Object.fromEntries(taken) as T;
}
