/**
 * Records the runs that the rules of `cohort-rl doctor` are held to: twenty healthy ones, chosen before the rules were written, and one with each illness.
 *
 *     npm run build && node tools/recordDoctor.mjs [name ...]
 *
 * Of every run at most forty iterations are kept, evenly over it, with the metrics that rules read, in four digits. About fifteen minutes on one core.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeEnv, readPolicy, train, trainLanguageModel } from '../dist/node.js';

const folder = fileURLToPath(new URL('../test/fixtures/doctor', import.meta.url));
const kept = 40;
const keys = [
  'charts/episodic_length charts/episodic_return losses/entropy losses/approx_kl losses/clipfrac losses/explained_variance losses/gradient_norm',
  'group/singleton_frac group/cut_frac advantage/std advantage/explained_variance',
  'completions/accuracy completions/truncated_frac reward/failed group/valid_frac group/all_wrong_frac group/all_right_frac',
]
  .join(' ')
  .split(' ');

/** Every built-in environment and three tasks with their default settings: early ones stop after a few iterations, late ones go as far as a minute or two. */
export const healthy = {
  'CartPole-v0': { env: 'CartPole-v0' },
  'CartPole-v1': { env: 'CartPole-v1' },
  'CartPole-v1, early': { env: 'CartPole-v1', stopAfter: 6 },
  'CliffWalking-v0': { env: 'CliffWalking-v0' },
  'CliffWalking-v1': { env: 'CliffWalking-v1' },
  'CliffWalking-v1, early': { env: 'CliffWalking-v1', stopAfter: 6 },
  'CliffWalkingSlippery-v1': { env: 'CliffWalkingSlippery-v1' },
  'LunarLander-v3': { env: 'LunarLander-v3', stopAfter: 100 },
  'LunarLander-v3, early': { env: 'LunarLander-v3', stopAfter: 6 },
  'LunarLanderContinuous-v3': { env: 'LunarLanderContinuous-v3', stopAfter: 25 },
  'HalfCheetah-v4': { env: 'HalfCheetah-v4', stopAfter: 6 },
  'HalfCheetah-v5': { env: 'HalfCheetah-v5', stopAfter: 12 },
  'Hopper-v5': { env: 'Hopper-v5', stopAfter: 40 },
  'InvertedPendulum-v5': { env: 'InvertedPendulum-v5', stopAfter: 60 },
  'add-2digit': { task: 'add-2digit' },
  'add-2digit, early': { task: 'add-2digit', stopAfter: 6 },
  sort: { task: 'sort' },
  'sort, early': { task: 'sort', stopAfter: 6 },
  'countdown-3': { task: 'countdown-3', stopAfter: 60 },
  'countdown-3, early': { task: 'countdown-3', stopAfter: 6 },
};

/** CartPole with something done to what it shows and gives. */
const altered = async (change) => {
  const env = await makeEnv('CartPole-v1');
  let [steps, episodes] = [0, 0];
  return {
    observationSpace: { kind: 'box', low: [-Infinity, -Infinity, -Infinity, -Infinity], high: [Infinity, Infinity, Infinity, Infinity] },
    actionSpace: env.actionSpace,
    reset: (options) => change(env.reset(options), 0, ++episodes),
    step: (action) => change(env.step(action), ++steps, episodes),
  };
};

const short = { env: 'CartPole-v1', recipe: 'none', iterations: 30 };
/** One run per rule, named by it. */
export const ill = {
  'zero-advantages': { ...short, numEnvs: 1, timeOrigin: 'rollout-offset' },
  'lonely-bins': { ...short, numEnvs: 4, numSteps: 32, bins: 'space-time', binWidth: 0.02 },
  'entropy-collapsed': { ...short, learningRate: 0.3, annealLearningRate: false, entropyCoef: 0 },
  'clipped-throughout': { ...short, learningRate: 0.02, annealLearningRate: false, clipCoef: 0.001, entropyCoef: 1, updateEpochs: 20 },
  'standing-still': { ...short, learningRate: 1e-9, annealLearningRate: false },
  'baseline-explains-nothing': { ...short, numEnvs: 2, numSteps: 64, bins: 'universal', baseline: 'leave-one-out' },
  'critic-useless': {
    ...short,
    altered: 'luck',
    algorithm: 'ppo',
    learningRate: 1e-2,
    annealLearningRate: false,
    gaeLambda: 1,
    numEnvs: 2,
    clipValueLoss: false,
  },
  'returns-cut': { ...short, env: 'LunarLander-v3', numSteps: 16, gamma: 0.999 },
  'normalizer-exploding': { ...short, altered: 'observation', normalizeObservation: 'shared' },
  'reward-scale': { ...short, altered: 'reward', algorithm: 'ppo' },
  hovering: { env: 'LunarLander-v3', recipe: 'paper', numEnvs: 32, iterations: 90 },
  'nothing-right': { task: 'add-2digit', warmStartAccuracy: 0, iterations: 12, minValidFraction: 0 },
  'cut-completions': { task: 'add-2digit', warmStartAccuracy: 0, iterations: 12, minValidFraction: 0 },
  'language clipped-throughout': {
    task: 'add-2digit',
    estimator: 'grpo',
    learningRate: 0.01,
    iterations: 12,
    updateEpochs: 12,
    minValidFraction: 0,
    clipLow: 0.01,
    clipHigh: 0.01,
  },
};

const digits = (value) => (typeof value === 'number' ? Number(value.toPrecision(4)) : value);

async function record(name, { altered: how, ...input }) {
  const runDirectory = join(mkdtempSync(join(tmpdir(), 'doctor-')), 'run');
  const quick = {
    evaluationInterval: 0,
    ...('task' in input ? { finalEvaluationPrompts: 1, evaluationSamples: 1 } : { finalEvaluationEpisodes: 1 }),
  };
  const changes = {
    observation: (result, steps) => ({
      ...result,
      observation: Float32Array.from(result.observation, (x, d) => (d === 3 ? x * 1e7 * (1 + steps) : x)),
    }),
    // What an episode is worth is drawn by its number, and nothing shows it.
    luck: (result, _steps, episode) => ({
      ...result,
      ...('reward' in result && { reward: (Math.imul(episode, 2654435761) >>> 31 ? 1 : -1) * result.reward }),
    }),
    reward: (result) => ({ ...result, ...('reward' in result && { reward: result.reward * 1e6 }) }),
  };
  const made = how ? await Promise.all(Array.from({ length: 80 }, () => altered(changes[how]))) : [];
  const run =
    'task' in input
      ? trainLanguageModel({ ...input, ...quick }, { runDirectory })
      : train({ ...input, ...quick, ...(how && { env: () => made.pop() }) }, { runDirectory });
  await run.finish();
  const { config, road } = JSON.parse(readFileSync(join(runDirectory, 'config.json'), 'utf8'));
  const all = readFileSync(join(runDirectory, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => 'losses/entropy' in row);
  const chosen = all.length <= kept ? all : Array.from({ length: kept }, (_, i) => all[Math.round((i * (all.length - 1)) / (kept - 1))]);
  const rows = chosen.map((row) =>
    Object.fromEntries(
      Object.entries(row).flatMap(([key, value]) => (key === 'iteration' || keys.includes(key) ? [[key, digits(value)]] : [])),
    ),
  );
  const normalizer =
    config.normalizeObservation && config.normalizeObservation !== 'none' ? (await readPolicy(runDirectory)).normalizer : undefined;
  const fields = [
    'env',
    'task',
    'algorithm',
    'estimator',
    'numEnvs',
    'numSteps',
    'gamma',
    'tail',
    'baseline',
    'loss',
    'annealLearningRate',
    'updateEpochs',
    'numMinibatches',
    'maxGradNorm',
    'envOptions',
  ];
  const settings = Object.fromEntries(fields.flatMap((field) => (field in config ? [[field, config[field]]] : [])));
  rmSync(runDirectory, { recursive: true, force: true });
  const statistics = normalizer && { mean: [...normalizer.mean].map(digits), variance: [...normalizer.variance].map(digits) };
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/[ ,]+/g, '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ name, road, config: settings, ...(statistics && { normalizer: statistics }), rows })}\n`);
  console.log(name, rows.length);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const [name, input] of Object.entries({ ...healthy, ...ill }))
    if (wanted.length === 0 || wanted.includes(name)) await record(name, input);
}
