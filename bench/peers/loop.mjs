/**
 * Times whole training iterations of our PPO with the settings of CleanRL's scripts, and prints one JSON line; the counterpart of cleanrl.py.
 *
 *     node bench/peers/loop.mjs --env LunarLander-v3 --num-envs 32 --num-steps 1024 --threads 1 --iterations 5 [--arithmetic fused]
 *
 * LunarLander: ppo.py (4 epochs of 4 minibatches); HalfCheetah: ppo_continuous_action.py (10 epochs of 32 minibatches, observations and rewards
 * normalized per environment). `split` holds shares of the counted time; forward and backward are summed over threads.
 */
import { train, version } from '../../dist/node.js';

const options = {
  env: 'LunarLander-v3',
  'num-envs': 32,
  'num-steps': 1024,
  threads: 1,
  iterations: 5,
  warmup: 1,
  arithmetic: 'plain',
  seed: 1,
};
for (let i = 2; i < process.argv.length; i += 2) options[process.argv[i].replace(/^--/, '')] = process.argv[i + 1];
const [numEnvs, numSteps, threads, iterations, warmup, seed] = ['num-envs', 'num-steps', 'threads', 'iterations', 'warmup', 'seed'].map(
  (name) => Number(options[name]),
);

const common = {
  gamma: 0.99,
  gaeLambda: 0.95,
  clipCoef: 0.2,
  clipValueLoss: true,
  valueCoef: 0.5,
  maxGradNorm: 0.5,
  hiddenSizes: [64, 64],
};
const settings = options.env.startsWith('HalfCheetah')
  ? {
      updateEpochs: 10,
      numMinibatches: 32,
      learningRate: 3e-4,
      entropyCoef: 0,
      normalizeObservation: 'perEnv',
      normalizeReward: 'perEnv',
      clipObservation: 10,
      clipReward: 10,
    }
  : { updateEpochs: 4, numMinibatches: 4, learningRate: 2.5e-4, entropyCoef: 0.01 };

const run = train({
  env: options.env,
  algorithm: 'ppo',
  recipe: 'none',
  ...common,
  ...settings,
  annealLearningRate: true,
  numEnvs,
  numSteps,
  threads,
  arithmetic: options.arithmetic,
  seed,
  iterations: iterations + warmup,
  evaluationInterval: 0,
  finalEvaluationEpisodes: 1,
  evaluationMaxSteps: 1,
});
const parts = ['env', 'forward', 'backward', 'optimizer', 'advantage'];
const spent = Object.fromEntries(parts.map((part) => [part, 0]));
let begin = performance.now();
let end = begin;
for await (const { iteration, metrics } of run) {
  end = performance.now();
  if (iteration <= warmup) begin = end;
  else for (const part of parts) spent[part] += metrics[`time/${part}`];
}
const seconds = (end - begin) / 1000;
const steps = iterations * numEnvs * numSteps;
const split = Object.fromEntries(parts.map((part) => [part, Number((spent[part] / seconds).toFixed(3))]));
console.log(
  JSON.stringify({
    peer: 'cohort-rl ppo',
    environment: options.env,
    numEnvs,
    numSteps,
    threads,
    arithmetic: options.arithmetic,
    steps,
    seconds: Number(seconds.toFixed(4)),
    stepsPerSecond: Math.round(steps / seconds),
    split,
    versions: { 'cohort-rl': version, node: process.versions.node },
  }),
);
