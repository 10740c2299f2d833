/** Environments as people write them by mistake, with the sentence that `checkEnv` and `train` must both say. */
import { box, discrete } from '../../src/core/space.ts';

/** One flaw: its name, what is given as `env`, the sentence. */
export type Flawed = readonly [name: string, env: unknown, sentence: string];

const observation = (): Float32Array => Float32Array.of(0.5, -0.5);

/** A sound environment of four steps. */
class Sound {
  observationSpace: unknown = box(-1, 1, [2]);
  actionSpace: unknown = discrete(2);
  elapsed = 0;
  reset(): unknown {
    this.elapsed = 0;
    return { observation: observation(), info: {} };
  }
  step(_action: unknown): unknown {
    this.elapsed++;
    return { observation: observation(), reward: 1, terminated: this.elapsed === 4, truncated: false, info: {} };
  }
}

const withParts = (parts: object) => () => Object.assign(new Sound(), parts);
/** Another result of `step`. */
const step = (change: object) => () => {
  const env = new Sound();
  return Object.assign(env, { step: () => ({ ...(Sound.prototype.step.call(env, 0) as object), ...change }) });
};
/** Another observation of `step`, in another space if one is given. */
const shows = (see: () => unknown, observationSpace: unknown = box(-1, 1, [2]), first: () => unknown = observation) => {
  return () => {
    const env = new Sound();
    return Object.assign(env, {
      observationSpace,
      reset: () => ({ ...(Sound.prototype.reset.call(env) as object), observation: first() }),
      step: () => ({ ...(Sound.prototype.step.call(env, 0) as object), observation: see() }),
    });
  };
};
const states = (getState: () => unknown) => withParts({ getState, setState: () => {} });
const fails = (error: unknown) => () => {
  throw error;
};
const shared = new Sound();

const aMaker = 'expected a function that makes the environment';
const anEnvironment = 'expected an environment: an object with reset, step, observationSpace and actionSpace';
const bySpaces = 'make it with discrete(n), box(low, high), or another function of that kind';
const fiveParts = '{ observation, reward, terminated, truncated, info }';
const arrays = 'Float64Array, Float32Array, Int32Array, Uint32Array, Uint8Array';

/** Every row is tried with both. */
export const flawedEnvironments: readonly Flawed[] = [
  // What makes the environment.
  ['a class', Sound, `${aMaker}, got the class Sound; write () => new Sound()`],
  ['null', null, `${aMaker}, got null; write () => new YourEnv()`],
  [
    'a list of environments',
    [new Sound()],
    `${aMaker}, got [an object with observationSpace, actionSpace, elapsed]; write () => new YourEnv()`,
  ],
  ['a promise of an environment', Promise.resolve(new Sound()), `${aMaker}, got a promise; await it, and write () => new YourEnv()`],
  [
    'a maker that is async',
    async () => new Sound(),
    `${anEnvironment}, got a promise; make it without async; await what it needs before training`,
  ],
  ['a maker that returns nothing', () => {}, `${anEnvironment}, got nothing; return one: () => new YourEnv()`],
  ['a maker that returns null', () => null, `${anEnvironment}, got null; return one: () => new YourEnv()`],
  ['a maker that returns a number', () => 3, `${anEnvironment}, got 3; return one: () => new YourEnv()`],
  ['a maker that returns an id', () => 'CartPole-v1', `${anEnvironment}, got "CartPole-v1"; return one: () => new YourEnv()`],
  ['a maker that returns a class', () => Sound, `${anEnvironment}, got the class Sound; write () => new Sound()`],
  [
    'a maker that throws',
    fails(new Error('no file')),
    'expected an environment, got an error: no file; it must be made without arguments: give a function that does, () => new YourEnv(...)',
  ],
  [
    'one object for all',
    () => shared,
    'expected an environment of its own for every place, got the same object again; make a new one every time: () => new YourEnv()',
  ],
  ['no reset', withParts({ reset: undefined }), 'reset: expected a method, got nothing; write a method reset'],
  ['no step', withParts({ step: undefined }), 'step: expected a method, got nothing; write a method step'],
  ['a step that is no method', withParts({ step: 1 }), 'step: expected a method, got 1; write a method step'],
  // Spaces.
  ['no observation space', withParts({ observationSpace: undefined }), `observationSpace: expected a space, got nothing; ${bySpaces}`],
  ['no action space', withParts({ actionSpace: undefined }), `actionSpace: expected a space, got nothing; ${bySpaces}`],
  ['a number as space', withParts({ actionSpace: 2 }), `actionSpace: expected a space, got 2; ${bySpaces}`],
  [
    'a space as Gymnasium prints it',
    withParts({ actionSpace: 'Discrete(2)' }),
    `actionSpace: expected a space, got "Discrete(2)"; ${bySpaces}`,
  ],
  ['a function as space', withParts({ actionSpace: discrete }), `actionSpace: expected a space, got a function (discrete); ${bySpaces}`],
  [
    'a hand-written discrete space without its number of values',
    withParts({ actionSpace: { kind: 'discrete' } }),
    'actionSpace: discrete(n): expected a whole number of at least 1, got nothing; give the number of values',
  ],
  [
    'a hand-written discrete space of half a value',
    withParts({ actionSpace: { kind: 'discrete', n: 2.5, start: 0 } }),
    'actionSpace: discrete(n): expected a whole number of at least 1, got 2.5; give the number of values',
  ],
  [
    'a hand-written discrete space that starts nowhere',
    withParts({ actionSpace: { kind: 'discrete', n: 2, start: Number.NaN } }),
    'actionSpace: discrete(n, start): expected a whole number as the first value, got NaN; leave it out to begin with 0',
  ],
  [
    'a hand-written box without bounds',
    withParts({ observationSpace: { kind: 'box', shape: [2] } }),
    'observationSpace: box: low: expected 2 numbers, none of them NaN, got nothing; give one bound per entry, or one number for all',
  ],
  [
    'a kind of space that is not there',
    withParts({ observationSpace: { kind: 'graph' } }),
    'observationSpace: expected a space, got the kind "graph"; kind: choose one of discrete, box, multiDiscrete, multiBinary, dict, tuple',
  ],
  [
    'a shape that lies',
    withParts({ observationSpace: { ...box(-1, 1, [2]), shape: [3] } }),
    'observationSpace: box: low: expected 3 bounds, got 2; give one bound per entry, or one number for all',
  ],
  [
    'bounds the wrong way round',
    withParts({ actionSpace: { ...box(-1, 1, [1]), low: Float64Array.of(2) } }),
    'actionSpace: box(low, high): expected a lower bound that is not above the upper one, got low 2 and high 1 at entry 0; give the smaller number first',
  ],
  [
    'a bound that is NaN',
    withParts({ observationSpace: { ...box(-1, 1, [2]), high: Float64Array.of(1, Number.NaN) } }),
    'observationSpace: box: high: expected 2 numbers, none of them NaN, got NaN among them; give one bound per entry, or one number for all',
  ],
  // reset
  [
    'a reset that is async',
    withParts({ reset: async () => ({ observation: observation(), info: {} }) }),
    'reset: expected { observation, info } at once, got a promise; write reset without async: nothing waits for it; fetch what it needs before training',
  ],
  [
    'a reset that returns nothing',
    withParts({ reset: () => {} }),
    'reset: expected { observation, info }, got nothing; return { observation, info }',
  ],
  [
    'a reset that returns the observation alone',
    withParts({ reset: observation }),
    'reset: expected { observation, info }, got Float32Array of 8 bytes; return { observation, info }',
  ],
  [
    "a reset that returns Gymnasium's pair",
    withParts({ reset: () => [observation(), {}] }),
    'reset: expected { observation, info }, got [Float32Array of 8 bytes, an object with no keys]; return { observation, info }',
  ],
  [
    'a reset whose observation has another name',
    withParts({ reset: () => ({ obs: observation(), info: {} }) }),
    'reset: expected { observation, info }, got an object with obs, info; return { observation, info }',
  ],
  [
    'a reset without info',
    withParts({ reset: () => ({ observation: observation() }) }),
    'info: expected an object, got nothing; return info: {} if there is nothing to tell',
  ],
  [
    'a reset that throws',
    withParts({ reset: fails(new TypeError('world is undefined')) }),
    'reset: expected a result at any time, with and without a seed, got TypeError: world is undefined; mend reset',
  ],
  [
    'a reset without observation in it',
    withParts({ reset: () => ({ observation: undefined, info: {} }) }),
    'observation: expected 2 numbers (Box(2, float32)), got nothing; return Float32Array.of(...)',
  ],
  // step
  [
    'a step that is async',
    withParts({ step: async () => ({}) }),
    `step: expected ${fiveParts} at once, got a promise; write step without async: nothing waits for it; fetch what it needs before training`,
  ],
  [
    'a step that is async and fails',
    withParts({ step: async () => fails(new Error('offline'))() }),
    `step: expected ${fiveParts} at once, got a promise; write step without async`,
  ],
  ['a step that returns nothing', withParts({ step: () => {} }), `step: expected ${fiveParts}, got nothing; return ${fiveParts}`],
  [
    "a step that returns Gymnasium's five",
    withParts({ step: () => [observation(), 1, false, false, {}] }),
    `step: expected ${fiveParts}, got [Float32Array of 8 bytes, 1, false, false, an object with no keys]; return ${fiveParts}`,
  ],
  [
    'a step that throws',
    withParts({ step: fails(new Error('too fast')) }),
    'step: expected a result for every action of actionSpace, got an error: too fast for the action ',
  ],
  [
    'a step that throws a text',
    withParts({ step: fails('stop') }),
    'step: expected a result for every action of actionSpace, got "stop" for the action ',
  ],
  // Rewards, flags, info.
  ['a reward that is NaN', step({ reward: Number.NaN }), 'reward: expected a finite number, got NaN; return a finite number'],
  [
    'a reward without end',
    step({ reward: Number.POSITIVE_INFINITY }),
    'reward: expected a finite number, got Infinity; return a finite number',
  ],
  ['a reward that is text', step({ reward: '1' }), 'reward: expected a finite number, got "1"; return a number, not text'],
  ['no reward', step({ reward: undefined }), 'reward: expected a finite number, got nothing; return a finite number'],
  ['a reward that is a bigint', step({ reward: 1n }), 'reward: expected a finite number, got 1n; return a finite number'],
  ['a reward in a list', step({ reward: [1] }), 'reward: expected a finite number, got [1]; return a finite number'],
  ['a reward that is true', step({ reward: true }), 'reward: expected a finite number, got true; return a finite number'],
  ['a flag that is 0', step({ terminated: 0 }), 'terminated: expected true or false, got 0; write terminated: Boolean(...)'],
  ['a flag that is text', step({ truncated: 'false' }), 'truncated: expected true or false, got "false"; write truncated: Boolean(...)'],
  ['no truncated', step({ truncated: undefined }), 'truncated: expected true or false, got nothing; write truncated: Boolean(...)'],
  [
    "Gym's old done",
    step({ done: false, terminated: undefined, truncated: undefined }),
    'terminated: expected true or false, got nothing; write terminated (by the rules) and truncated (cut) instead of done',
  ],
  ['no info', step({ info: undefined }), 'info: expected an object, got nothing; return info: {} if there is nothing to tell'],
  ['an info that is text', step({ info: 'ok' }), 'info: expected an object, got "ok"; return info: {} if there is nothing to tell'],
  // Observations.
  [
    'a list',
    shows(() => [0, 1]),
    'observation: expected a Float32Array of 2 numbers (Box(2, float32)), got [0, 1]; return Float32Array.of(...)',
  ],
  [
    'a list of lists',
    shows(() => [[0], [1]], box(-1, 1, [2, 1])),
    'observation: expected a Float32Array of 2 numbers (Box(2x1, float32)), got [[0], [1]]; return Float32Array.of(...)',
  ],
  [
    'a record for a box',
    shows(() => ({ x: 0, y: 1 })),
    'observation: expected a Float32Array of 2 numbers (Box(2, float32)), got an object with x, y; return Float32Array.of(...)',
  ],
  ['a number for a box', shows(() => 0), 'observation: expected 2 numbers (Box(2, float32)), got 0; return Float32Array.of(...)'],
  ['text for a box', shows(() => '0,1'), 'observation: expected 2 numbers (Box(2, float32)), got "0,1"; return Float32Array.of(...)'],
  ['no observation', shows(() => null), 'observation: expected 2 numbers (Box(2, float32)), got null; return Float32Array.of(...)'],
  [
    'an Int32Array',
    shows(() => Int32Array.of(0, 1)),
    'observation: expected a Float32Array of 2 numbers (Box(2, float32)), got a Int32Array; return Float32Array.of(...)',
  ],
  [
    'one number too many',
    shows(() => new Float32Array(3)),
    'observation: expected 2 numbers (Box(2, float32)), got 3 numbers; make the observation and the shape of observationSpace agree',
  ],
  [
    'bytes, one number too few',
    shows(() => new Uint8Array(1)),
    'observation: expected 2 numbers (Box(2, float32)), got 1 numbers; make the observation and the shape of observationSpace agree',
  ],
  [
    'a Float64Array for float32',
    shows(() => Float64Array.of(0, 1)),
    "observation: expected a Float32Array (Box(2, float32)), got a Float64Array; return a Float32Array, or declare box(low, high, shape, 'float64')",
  ],
  [
    'NaN in an observation',
    shows(() => Float32Array.of(0, Number.NaN)),
    'observation[1]: expected a finite number, got NaN; look for a division by zero, the root of a negative number, or a state that was never set',
  ],
  [
    'Infinity in an observation',
    shows(() => Float32Array.of(-Infinity, 0)),
    'observation[0]: expected a finite number, got -Infinity; look for',
  ],
  [
    'numbers that float32 does not hold',
    shows(
      () => Float64Array.of(0, 1e300),
      box(-Infinity, Infinity, [2], 'float64'),
      () => new Float64Array(2),
    ),
    'observation[1]: expected a number within ±3.4e38, as float32 holds them, got 1e+300; scale the observation: policies compute in float32',
  ],
  [
    'a vector for an index',
    withParts({ observationSpace: discrete(4) }),
    'observation: expected an element of Discrete(4), got Float32Array of 8 bytes; return the index of the state, a whole number from 0 to 3',
  ],
  [
    'an index too high',
    () => Object.assign(withParts({ observationSpace: discrete(4) })(), { reset: () => ({ observation: 4, info: {} }) }),
    'observation: expected an element of Discrete(4), got 4; return the index of the state, a whole number from 0 to 3',
  ],
  [
    'an index that is text',
    () => Object.assign(withParts({ observationSpace: discrete(4, 1) })(), { reset: () => ({ observation: '1', info: {} }) }),
    'observation: expected an element of Discrete(4, start 1), got "1"; return the index of the state, a whole number from 1 to 4',
  ],
  // State and end.
  ['a state of plain numbers', states(() => ({ t: 1 })), `getState().t: expected one of ${arrays}, got 1; write t: Float64Array.of(...)`],
  ['a state with a list', states(() => ({ t: [1] })), `getState().t: expected one of ${arrays}, got [1]; write t: Float64Array.of(...)`],
  [
    'a state that is text',
    states(() => '{}'),
    'getState: expected typed arrays by name, got "{}"; return for example { position: Float64Array.of(this.position) }',
  ],
  [
    'a state that is a promise',
    states(async () => ({})),
    'getState: expected typed arrays by name, got a promise; write getState without async',
  ],
  [
    'a getState that throws',
    states(fails(new Error('not now'))),
    'getState: expected typed arrays by name, got an error: not now; mend getState, or leave out getState and setState',
  ],
  [
    'getState alone',
    withParts({ getState: () => ({}) }),
    'setState: expected a method, as there is a getState, got nothing; write setState too, or leave out both',
  ],
  [
    'setState alone',
    withParts({ setState: () => {} }),
    'getState: expected a method, as there is a setState, got nothing; write getState too, or leave out both',
  ],
];

/** What is no fault of the contract. */
export const soundEnvironments: readonly (readonly [name: string, env: () => unknown])[] = [
  ['the one that the flaws are put into', () => new Sound()],
  [
    'bytes as an observation',
    shows(
      () => Uint8Array.of(0, 255),
      box(0, 255, [2]),
      () => Uint8Array.of(1, 2),
    ),
  ],
];

/** A sound one whose `close` throws. */
export const closing = withParts({ close: fails(new Error('the viewer is gone')) });
