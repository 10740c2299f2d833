/** Plays a case of tools/parity/original.py on our side and says how far apart the two are. */
import {
  ClipActionVectorEnv,
  loadMujoco,
  makeEnv,
  makeVectorEnv,
  NormalizeObservationVectorEnv,
  NormalizeRewardVectorEnv,
} from '../../dist/envs.js';
import { mean, median, welchDifference } from '../../dist/statistics.js';

/** Numbers of a packed array; everything is recorded as float64, which holds float32 and flags exactly. */
function unpack({ base64, shape }) {
  const bytes = Buffer.from(base64, 'base64');
  return { values: new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)), shape };
}

const camelCase = (name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
const optionsOf = (kwargs) => Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [camelCase(name), value]));

/** Gathers differences: the same bits or not, and the greatest distance, relative where a number is greater than 1. */
class Differences {
  numbers = 0;
  unequal = 0;
  most = 0;
  steps = 0;
  stepsApart = 0;
  resetsApart = 0;
  /** Of every step. */
  distances = [];
  /** The same with every force by itself, where there are any. */
  entries = [];

  compare(found, recorded) {
    let apart = false;
    for (let k = 0; k < recorded.length; k++) {
      this.numbers++;
      if (Object.is(found[k], recorded[k])) continue;
      apart = true;
      this.unequal++;
      this.most = Math.max(this.most, Math.abs(found[k] - recorded[k]) / Math.max(1, Math.abs(recorded[k])));
    }
    return apart;
  }

  step(apart) {
    this.steps++;
    if (apart) this.stepsApart++;
  }
}

/**
 * The greatest difference, relative where a number is greater than 1. Forces, which stand from `forces[0]` to `forces[1]`, are sums of much greater
 * ones that nearly cancel: their differences are relative to the greatest of them.
 */
function distance(found, recorded, [from, to] = [0, 0]) {
  let greatest = 1;
  for (let k = from; k < to; k++) greatest = Math.max(greatest, Math.abs(recorded[k]));
  let most = 0;
  for (let k = 0; k < recorded.length; k++) {
    const scale = k >= from && k < to ? greatest : Math.max(1, Math.abs(recorded[k]));
    most = Math.max(most, Math.abs(found[k] - recorded[k]) / scale);
  }
  return most;
}

/**
 * Plays the sequences of a case; `before` may put the environment into the recorded state. Flags and rewards count like observations, and so do
 * the states after a step where they are recorded.
 */
async function playSequences({ id, kwargs, sequences, forces }, before) {
  const env = await makeEnv(id, optionsOf(kwargs));
  const seen = new Differences();
  const rewards = new Differences();
  const states64 = new Differences();
  let episodes = 0;
  for (const recorded of sequences) {
    const width = recorded.observations.shape[1] ?? 1;
    const observations = unpack(recorded.observations).values;
    const actions = unpack(recorded.actions);
    const actionWidth = actions.shape[1] ?? 0;
    const flags = ['rewards', 'terminated', 'truncated'].map((name) => unpack(recorded[name]).values);
    const states = recorded.states && unpack(recorded.states);
    const infos = recorded.infos && unpack(recorded.infos);
    const after = recorded.after && unpack(recorded.after);
    let row = 0;
    let step = 0;
    const next = () => observations.subarray(row * width, ++row * width);
    const list = (observation) => (typeof observation === 'number' ? [observation] : observation);
    // Of the observation that `next` gave last.
    const compareInfo = ({ prob, actionMask = [] }) => {
      if (!infos) return false;
      const wide = infos.shape[1];
      return seen.compare([prob, ...actionMask], infos.values.subarray((row - 1) * wide, row * wide));
    };
    for (const [episode, length] of recorded.lengths.entries()) {
      episodes++;
      const first = env.reset(episode === 0 ? { seed: recorded.seed } : {});
      if (seen.compare(list(first.observation), next())) seen.resetsApart++;
      compareInfo(first.info);
      for (let k = 0; k < length; k++, step++) {
        if (states && before) before(env, rowOf(states, step), k);
        const action =
          actionWidth === 0
            ? actions.values[step]
            : Float32Array.from(actions.values.subarray(step * actionWidth, (step + 1) * actionWidth));
        const result = env.step(action);
        const observed = next();
        const infoApart = compareInfo(result.info);
        const apart = seen.compare(list(result.observation), observed) || infoApart;
        seen.distances.push(distance(list(result.observation), observed, forces));
        if (forces?.[1] > 0) seen.entries.push(distance(list(result.observation), observed));
        const rewardApart = rewards.compare([result.reward], [flags[0][step]]);
        const flagApart = seen.compare([Number(result.terminated), Number(result.truncated)], [flags[1][step], flags[2][step]]);
        const own = after ? env.getState().states : [];
        // Further numbers of a recorded row are no state.
        const stateApart = after && states64.compare(own, rowOf(after, step).subarray(0, own.length));
        seen.step(apart || rewardApart || flagApart || stateApart);
        if (flagApart) throw new Error(`${id}: an episode ends at another step than in Gymnasium (seed ${recorded.seed}, step ${step})`);
      }
      // Cut by the recorder, not by the environment: begin anew as it did.
    }
  }
  env.close?.();
  return { seen, rewards, states: states64, episodes };
}

/** Row `step` of a packed table. */
const rowOf = ({ values, shape }, step) => values.subarray(step * shape[1], (step + 1) * shape[1]);

const power = (value) => (value === 0 ? '0' : value.toExponential(1));

const levels = {
  async exact(message) {
    const { seen, rewards, episodes } = await playSequences(message);
    const met = seen.stepsApart === 0 && seen.unequal === 0;
    const found = met ? 'identical bits' : `${seen.stepsApart} steps apart, at most ${power(Math.max(seen.most, rewards.most))}`;
    return { promise: 'observations, rewards and ends: identical bits', found, met, steps: seen.steps, episodes };
  },

  async classic(message) {
    const { seen, rewards, states, episodes } = await playSequences(message, (env, state, k) => {
      const { fresh, ...whole } = env.getState();
      const size = whole.states.length;
      env.setState({
        ...whole,
        states: Float64Array.from(state.subarray(0, size)),
        episode: Int32Array.of(1, k),
        // MountainCarContinuous begins in float64 and goes on in float32.
        ...(fresh && { fresh: Uint8Array.of(state[size]) }),
      });
    });
    // Acrobot computes 20 sines and cosines in a step, the others one to three.
    const least = message.id.startsWith('Acrobot') ? 0.9 : 0.99;
    const share = 1 - seen.stepsApart / seen.steps;
    const most = Math.max(states.most, rewards.most);
    return {
      promise: `resets and ends: identical bits; single steps: states and rewards within 1e-15, relative above 1, at least ${100 * least} % identical bits`,
      found: `${(100 * share).toFixed(2)} % of single steps identical, at most ${power(most)} apart`,
      met: share >= least && most <= 1e-15 && seen.most <= 2 ** -23 && seen.resetsApart === 0,
      steps: seen.steps,
      episodes,
    };
  },

  async mujoco(message) {
    await loadMujoco();
    let resetsApart = 0;
    const { seen, rewards, episodes } = await playSequences(message, (env, state, k) => {
      const whole = env.getState();
      // Time, positions and velocities; what follows in the row is computed from them.
      if (k === 0) for (let n = 0; n < message.resetLength; n++) if (!Object.is(whole.simulation[n], state[n])) resetsApart++;
      env.setState({ ...whole, simulation: Float64Array.from(state), episode: Int32Array.of(1, k) });
    });
    const sorted = seen.distances.sort((one, other) => one - other);
    const most = sorted.at(-1);
    const apart = sorted.filter((distance) => distance > 1e-12).length;
    const beyond = seen.entries.filter((distance) => distance > 1e-12);
    const entries =
      beyond.length === 0
        ? ''
        : `; each force relative to itself: ${beyond.length} steps beyond 1e-12, at most ${power(Math.max(...beyond))}`;
    // Where native MuJoCo is farther from itself after one unit in the last place: see tools/parity/sensitivity.py.
    const [oneOf, limit, rewardLimit] = message.touches ? [1000, 1e-3, 1e-3] : [10_000, 1e-11, 1e-9];
    return {
      promise: `resets: identical bits; single steps from the full state: all but 1 of ${oneOf.toLocaleString('en')} within 1e-12 relative (forces: to the greatest of them), all within ${power(limit)}; rewards, which are differences over a short time, within ${power(rewardLimit)}`,
      found: `${resetsApart === 0 ? '' : 'resets apart, '}${apart} beyond 1e-12, median ${power(median(sorted))}, at most ${power(most)}; rewards ${power(rewards.most)}${entries}`,
      met: resetsApart === 0 && apart <= Math.max(1, sorted.length / oneOf) && most <= limit && rewards.most <= rewardLimit,
      steps: seen.steps,
      episodes,
    };
  },

  async course({ id, courses }) {
    const env = await makeEnv(id);
    let steps = 0;
    let within = 0;
    let most = 0;
    for (const course of courses) {
      const seen = new Differences();
      const observations = unpack(course.observations);
      const actions = unpack(course.actions);
      const [width, actionWidth] = [observations.shape[1], actions.shape[1]];
      seen.compare(env.reset({ seed: course.seed }).observation, observations.values.subarray(0, width));
      for (let k = 0; k < actions.shape[0]; k++) {
        const result = env.step(Float32Array.from(actions.values.subarray(k * actionWidth, (k + 1) * actionWidth)));
        seen.compare(result.observation, observations.values.subarray((k + 1) * width, (k + 2) * width));
        steps++;
      }
      if (seen.most <= 1e-9) within++;
      most = Math.max(most, seen.most);
    }
    env.close?.();
    return {
      promise: 'free-running from a reset, 50 steps, actions of half the bounds: at least 9 of 10 courses within 1e-9',
      found: `${within} of ${courses.length} courses within 1e-9, at most ${power(most)}`,
      met: within >= 0.9 * courses.length,
      steps,
      episodes: courses.length,
    };
  },

  async returns({ id, returns }) {
    const env = await makeEnv(id);
    const found = [];
    let steps = 0;
    // Own random actions: only the distribution is compared. The constants are those of Numerical Recipes.
    let state = 1;
    const draw = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state >>> 8) / 2 ** 23 - 1;
    };
    for (let episode = 0; episode < returns.length; episode++) {
      env.reset({ seed: 1000 + episode });
      let total = 0;
      for (let ended = false; !ended; steps++) {
        const result = env.step(Float32Array.from({ length: env.actionSpace.size }, draw));
        total += result.reward;
        ended = result.terminated || result.truncated;
      }
      found.push(total);
    }
    env.close?.();
    const { estimate, standardError } = welchDifference(found, returns);
    const apart = Math.abs(estimate) / standardError;
    return {
      promise: 'mean return of 60 episodes of random actions within 3 standard errors',
      found: `${mean(found).toFixed(1)} here, ${mean(returns).toFixed(1)} there, ${apart.toFixed(1)} standard errors apart`,
      met: apart <= 3,
      steps,
      episodes: found.length,
    };
  },

  async vector(message) {
    const { id, kwargs, seed, numEnvs, steps, limit, cleanrl, gamma } = message;
    let env = await makeVectorEnv(id, numEnvs, { options: { ...optionsOf(kwargs), maxEpisodeSteps: limit } });
    if (cleanrl) {
      env = new ClipActionVectorEnv(env);
      env = new NormalizeObservationVectorEnv(env, { statistics: 'perEnv', clip: 10, reading: 'gymnasium-1' });
      env = new NormalizeRewardVectorEnv(env, { statistics: 'perEnv', clip: 10, gamma });
    }
    const of = Object.fromEntries(
      ['observations', 'actions', 'rewards', 'terminated', 'truncated', 'final'].map((name) => [name, unpack(message[name]).values]),
    );
    const size = env.observations.length;
    const width = size / numEnvs;
    const actionSize = of.actions.length / steps;
    const Actions = env.actionSpace.kind === 'discrete' ? Int32Array : Float32Array;
    const seen = new Differences();
    let final = 0;
    env.reset(Array.from({ length: numEnvs }, (_, i) => seed + i));
    seen.compare(env.observations, of.observations.subarray(0, size));
    for (let t = 0; t < steps; t++) {
      env.step(Actions.from(of.actions.subarray(t * actionSize, (t + 1) * actionSize)));
      const row = (name, length) => of[name].subarray(t * length, (t + 1) * length);
      const parts = [
        seen.compare(env.observations, of.observations.subarray((t + 1) * size, (t + 2) * size)),
        ...['rewards', 'terminated', 'truncated'].map((name) => seen.compare(env[name], row(name, numEnvs))),
      ];
      for (let n = 0; n < numEnvs; n++) {
        if (!env.terminated[n] && !env.truncated[n]) continue;
        parts.push(
          seen.compare(env.finalObservations.subarray(n * width, (n + 1) * width), of.final.subarray(final * width, (final + 1) * width)),
        );
        final++;
      }
      seen.step(parts.includes(true));
    }
    env.close();
    const met = seen.unequal === 0;
    const found = met ? 'identical bits' : `${seen.stepsApart} steps apart, at most ${power(seen.most)}`;
    return {
      promise: 'observations, last observations, rewards and ends: identical bits',
      found,
      met,
      steps: steps * numEnvs,
      episodes: final,
    };
  },
};

/** One row: what was promised, what was found, and whether that is met. */
export async function compareCase(message) {
  return { case: message.case, id: message.id, ...(await levels[message.level](message)) };
}
