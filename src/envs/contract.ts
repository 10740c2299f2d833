/**
 * What an environment must be and give, in one place: `checkEnv` reports a breach, `vectorize` (so `train`) throws it, in the same words.
 */
import { type Breach, classNameOf, isClass, isPromise, isRecord } from '../core/arguments.ts';
import type { Action, Env } from '../core/env.ts';
import { show } from '../core/errors.ts';
import { contains, describeSpace, type Misfit, misfitOf, type Space, spaceFault, writePath } from '../core/space.ts';

/** What a maker, or one who lists environments, gave: an object with the methods and the spaces of an environment. */
export function environmentBreach(env: unknown): Breach | undefined {
  const expected = 'an environment: an object with reset, step, observationSpace and actionSpace';
  if (isPromise(env)) {
    return { part: '', expected, got: 'a promise', advice: 'make it without async; await what it needs before training' };
  }
  if (isClass(env)) {
    const name = classNameOf(env);
    return { part: '', expected, got: `the class ${name}`, advice: `write () => new ${name}()` };
  }
  if (!isRecord(env)) return { part: '', expected, got: show(env), advice: 'return one: () => new YourEnv()' };
  const { observationSpace, actionSpace, getState, setState } = env;
  const breach = spaceBreach('observationSpace', observationSpace) ?? actionSpaceBreach(actionSpace);
  if (breach) return breach;
  for (const name of ['reset', 'step']) {
    if (typeof env[name] === 'function') continue;
    return { part: name, expected: 'a method', got: show(env[name]), advice: `write a method ${name}` };
  }
  if (Boolean(getState) === Boolean(setState)) return undefined;
  const [has, lacks] = getState ? ['getState', 'setState'] : ['setState', 'getState'];
  return { part: lacks!, expected: `a method, as there is a ${has}`, got: 'nothing', advice: `write ${lacks} too, or leave out both` };
}

/** One object in two places. */
export const sharedBreach: Breach = {
  part: '',
  expected: 'an environment of its own for every place',
  got: 'the same object again',
  advice: 'make a new one every time: () => new YourEnv()',
};

/** A space, of whoever made it. */
function spaceBreach(part: string, space: unknown): Breach | undefined {
  const fault = spaceFault(space, part);
  return fault && { part: fault.subject, expected: fault.expected, got: fault.got, advice: fault.advice };
}

/** The space of actions: one that a policy can answer with. */
function actionSpaceBreach(space: unknown): Breach | undefined {
  const breach = spaceBreach('actionSpace', space);
  if (breach) return breach;
  const { kind } = space as Space;
  if (kind !== 'dict' && kind !== 'tuple') return undefined;
  const advice = 'declare whole numbers (multiDiscrete) or real ones (box), and share them out in step';
  const expected = 'a discrete, multi-discrete or multi-binary space, or a box';
  return { part: 'actionSpace', expected, got: describeSpace(space as Space), advice };
}

/** What a user's own code threw. */
function thrown(part: string, expected: string, error: unknown, advice: string, when = ''): Breach {
  const words = error instanceof Error ? `${error.name === 'Error' ? 'an error' : error.name}: ${error.message}` : show(error);
  return { part, expected, got: `${words}${when}`, advice };
}

/** What `maker()` threw. */
export function makingThrew(error: unknown): Breach {
  return thrown('', 'an environment', error, 'it must be made without arguments: give a function that does, () => new YourEnv(...)');
}

/** What `reset` threw. */
export function resetThrew(error: unknown): Breach {
  return thrown('reset', 'a result at any time, with and without a seed', error, 'mend reset');
}

/** What `step` threw for an action of the space. */
export function stepThrew(error: unknown, action: Action): Breach {
  const written = show(typeof action === 'number' ? action : Array.from(action));
  const advice = 'mend step, or declare a smaller actionSpace';
  return thrown('step', 'a result for every action of actionSpace', error, advice, ` for the action ${written}`);
}

/** What `getState` threw. */
export function getStateThrew(error: unknown): Breach {
  return thrown('getState', 'typed arrays by name', error, 'mend getState, or leave out getState and setState');
}

/** What `close` threw. */
export function closeThrew(error: unknown): Breach {
  return thrown('close', 'an end without an error', error, 'close must work once, at any time after the environment was made');
}

/** Closes all of them, also where one throws; gives what the first one threw, if any did. What a late `close` is rejected with is nobody's. */
export function closeEnvs(envs: readonly Env[]): { readonly error: unknown } | undefined {
  const failures: unknown[] = [];
  for (const env of envs) {
    try {
      isPromise(env.close?.());
    } catch (error) {
      failures.push(error);
    }
  }
  return failures.length > 0 ? { error: failures[0] } : undefined;
}

/** What a call gave at once; `parts` is how its result looks. */
function resultBreach(part: string, parts: string, result: unknown): Breach | undefined {
  if (isPromise(result)) {
    const advice = `write ${part} without async: nothing waits for it; fetch what it needs before training`;
    return { part, expected: `${parts} at once`, got: 'a promise', advice };
  }
  if (isRecord(result) && 'observation' in result) return undefined;
  return { part, expected: parts, got: show(result), advice: `return ${parts}` };
}

function infoBreach({ info }: { readonly info?: unknown }): Breach | undefined {
  if (isRecord(info)) return undefined;
  return { part: 'info', expected: 'an object', got: show(info), advice: 'return info: {} if there is nothing to tell' };
}

/** What `reset` returned, the observation aside. */
export function resetBreach(result: unknown): Breach | undefined {
  return resultBreach('reset', '{ observation, info }', result) ?? infoBreach(result as object);
}

/** Whether what `step` returned can be looked into. */
export function stepBreach(result: unknown): Breach | undefined {
  return resultBreach('step', '{ observation, reward, terminated, truncated, info }', result);
}

type Part = (result: Readonly<Record<string, unknown>>) => Breach | undefined;

function flagBreach(part: 'terminated' | 'truncated'): Part {
  return (result) => {
    const flag = result[part];
    if (typeof flag === 'boolean') return undefined;
    const isOld = flag === undefined && 'done' in result;
    const advice = isOld ? 'write terminated (by the rules) and truncated (cut) instead of done' : `write ${part}: Boolean(...)`;
    return { part, expected: 'true or false', got: show(flag), advice };
  };
}

/** What `step` returned, the observation aside: each looks at one part. */
export const stepParts: readonly Part[] = [
  ({ reward }) => {
    if (Number.isFinite(reward)) return undefined;
    const advice = typeof reward === 'string' ? 'return a number, not text' : 'return a finite number';
    return { part: 'reward', expected: 'a finite number', got: show(reward), advice };
  },
  flagBreach('terminated'),
  flagBreach('truncated'),
  infoBreach,
];

/** Whole numbers that float32 holds exactly may come as they are: pictures do. */
const wholeNumbers = [Uint8Array, Uint8ClampedArray, Int8Array, Uint16Array, Int16Array] as const;

type Numbers = Float32Array | Float64Array;

/** The greatest number of float32. */
const greatest = 3.4028234663852886e38;

/** A part of an observation that is none of its space. */
export function misfitBreach({ path, expected, got }: Misfit): Breach {
  return { part: writePath('observation', path), expected, got, advice: 'make the observation and observationSpace agree' };
}

/** An observation of a space; bounds of a box are not asked, unless it is a part. */
export function observationBreach(space: Space, observation: unknown): Breach | undefined {
  const part = 'observation';
  if (space.kind === 'discrete') {
    if (contains(space, observation)) return undefined;
    const advice = `return the index of the state, a whole number from ${space.start} to ${space.start + space.n - 1}`;
    return { part, expected: `an element of ${describeSpace(space)}`, got: show(observation), advice };
  }
  if (space.kind !== 'box') {
    const misfit = misfitOf(space, observation);
    return misfit && misfitBreach(misfit);
  }
  const described = describeSpace(space);
  const Floats = space.dtype === 'float32' ? Float32Array : Float64Array;
  const isFloats = observation instanceof Float32Array || observation instanceof Float64Array;
  if (!isFloats && !wholeNumbers.some((Whole) => observation instanceof Whole)) {
    const isSome = typeof observation === 'object' && observation !== null;
    const kinds = ArrayBuffer.isView(observation) ? `a ${observation.constructor.name}` : show(observation);
    const expected = isSome ? `a ${Floats.name} of ${space.size} numbers (${described})` : `${space.size} numbers (${described})`;
    return { part, expected, got: kinds, advice: `return ${Floats.name}.of(...)` };
  }
  const numbers = observation as Numbers;
  if (numbers.length !== space.size) {
    const advice = 'make the observation and the shape of observationSpace agree';
    return { part, expected: `${space.size} numbers (${described})`, got: `${numbers.length} numbers`, advice };
  }
  if (isFloats && !(observation instanceof Floats)) {
    const other = space.dtype === 'float32' ? 'float64' : 'float32';
    const advice = `return a ${Floats.name}, or declare box(low, high, shape, '${other}')`;
    return { part, expected: `a ${Floats.name} (${described})`, got: `a ${observation.constructor.name}`, advice };
  }
  for (let k = 0; k < numbers.length; k++) {
    const entry = numbers[k]!;
    if (entry <= greatest && entry >= -greatest) continue;
    if (Number.isFinite(entry)) {
      const advice = 'scale the observation: policies compute in float32';
      return { part: `${part}[${k}]`, expected: 'a number within ±3.4e38, as float32 holds them', got: String(entry), advice };
    }
    const advice = 'look for a division by zero, the root of a negative number, or a state that was never set';
    return { part: `${part}[${k}]`, expected: 'a finite number', got: String(entry), advice };
  }
  return undefined;
}

const stateArrays = [Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array] as const;

/** What `getState` returned. */
export function stateBreach(state: unknown): Breach | undefined {
  const expected = 'typed arrays by name';
  const advice = 'return for example { position: Float64Array.of(this.position) }';
  if (isPromise(state)) return { part: 'getState', expected, got: 'a promise', advice: 'write getState without async' };
  if (!isRecord(state)) return { part: 'getState', expected, got: show(state), advice };
  for (const [name, value] of Object.entries(state)) {
    if (stateArrays.some((Kind) => value instanceof Kind)) continue;
    const kinds = stateArrays.map((Kind) => Kind.name).join(', ');
    return { part: `getState().${name}`, expected: `one of ${kinds}`, got: show(value), advice: `write ${name}: Float64Array.of(...)` };
  }
  return undefined;
}
