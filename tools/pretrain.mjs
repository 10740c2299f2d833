/**
 * Trains the policies that come with the package, and keeps them in policies/: per environment a policy folder, and a row of policies/list.json.
 *
 *   npm run build && node tools/pretrain.mjs [name of an environment ...]
 *
 * Several seeds are trained, or were in experiments/solved; the one whose greedy policy has the highest mean return over 100 episodes is kept, and measured on
 * 100 other episodes.
 * Runs are kept in runs/pretrained/, where a second call goes on from.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { evaluate, readPolicy, resume, savePolicy, train, version } from '../dist/node.js';
import { withoutCritic } from '../dist/policies.js';
import { meanInterval } from '../dist/statistics.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'policies');
const listFile = join(folder, 'list.json');
const episodes = 100;
// Seeds of the episodes that choose among the runs, and of those that are reported.
const choosing = 101;
const reporting = 202;

/** PPO's recipe for Hopper at 3 M steps instead of 1 M. */
const threeMillion = { iterations: 1465 };

/** What its observation lacks, as the recipe has it. */
const unseenForces = 'is not shown the forces of contacts: envOptions { includeCfrcExtInObservation: false }';

/** What learns what: the best that our own methods reach, per environment. `seeds`: how many are tried, from 1 on; `reported`: only the best of experiments/solved. */
const plan = {
  'CartPole-v1': { algorithm: 'ppo', seeds: 1 },
  'CartPole-v0': { algorithm: 'ppo', seeds: 1 },
  'Acrobot-v1': { algorithm: 'ppo', seeds: 3 },
  'MountainCar-v0': { algorithm: 'ppo', seeds: 3 },
  'MountainCarContinuous-v0': { algorithm: 'gpg+', seeds: 3 },
  'Pendulum-v1': { algorithm: 'ppo', seeds: 3 },
  'LunarLander-v3': { algorithm: 'ppo', seeds: 5 },
  'LunarLanderContinuous-v3': { algorithm: 'ppo', seeds: 5 },
  'BipedalWalker-v3': { algorithm: 'ppo', reported: true },
  'BipedalWalkerHardcore-v3': { algorithm: 'ppo', reported: true },
  'HalfCheetah-v5': { algorithm: 'ppo', seeds: 4 },
  'HalfCheetah-v4': { algorithm: 'ppo', seeds: 4 },
  'Hopper-v5': { algorithm: 'ppo', seeds: 1, settings: threeMillion },
  'Hopper-v4': { algorithm: 'ppo', seeds: 1, settings: threeMillion },
  'Walker2d-v5': { algorithm: 'ppo', reported: true },
  'Walker2d-v4': { algorithm: 'ppo', seeds: 1 },
  'InvertedPendulum-v5': { algorithm: 'ppo', seeds: 3, settings: { iterations: 250 } },
  'InvertedPendulum-v4': { algorithm: 'gpg+', seeds: 1 },
  'InvertedDoublePendulum-v5': { algorithm: 'gpg+', reported: true },
  'InvertedDoublePendulum-v4': { algorithm: 'gpg+', seeds: 2 },
  'Reacher-v5': { algorithm: 'gpg+', reported: true },
  'Reacher-v4': { algorithm: 'gpg+', seeds: 2 },
  'Pusher-v5': { algorithm: 'ppo', reported: true },
  'Swimmer-v5': { algorithm: 'ppo', reported: true },
  'Swimmer-v4': { algorithm: 'ppo', seeds: 1 },
  'Ant-v5': { algorithm: 'ppo', reported: true, note: unseenForces },
  'Ant-v4': { algorithm: 'ppo', seeds: 1 },
  'Humanoid-v5': { algorithm: 'ppo', reported: true },
  'Humanoid-v4': { algorithm: 'ppo', seeds: 1 },
  'HumanoidStandup-v5': { algorithm: 'ppo', reported: true },
  'HumanoidStandup-v4': { algorithm: 'ppo', seeds: 1 },
  'CliffWalking-v1': { algorithm: 'gpg', seeds: 1 },
  'CliffWalkingSlippery-v1': { algorithm: 'gpg', seeds: 5 },
  'CliffWalking-v0': { algorithm: 'gpg', seeds: 1 },
  'FrozenLake-v1': { algorithm: 'ppo', seeds: 3 },
  'FrozenLake8x8-v1': { algorithm: 'ppo', seeds: 3 },
  'Taxi-v4': { algorithm: 'gpg+', seeds: 3 },
  'Blackjack-v1': { algorithm: 'ppo', seeds: 3 },
};

/** The command that trains such a run. */
function commandFor(name, { algorithm, settings = {} }, seed) {
  const flagOf = (field) => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const flags = Object.entries(settings).map(([field, value]) =>
    value === true ? flagOf(field) : value === false ? flagOf(field).replace('--', '--no-') : `${flagOf(field)} ${value}`,
  );
  return ['npx cohort-rl train', name, `--algorithm ${algorithm}`, ...flags, `--seed ${seed}`].join(' ');
}

/** Trains one seed, or goes on with it, and gives its folder. */
async function trained(name, { algorithm, settings = {} }, seed) {
  const runDirectory = join(root, 'runs', 'pretrained', name, `seed${seed}`);
  if (existsSync(join(runDirectory, 'summary.json'))) return runDirectory;
  console.log(`${name}: training seed ${seed}`);
  const config = { env: name, algorithm, ...settings, seed };
  const training = existsSync(join(runDirectory, 'checkpoint.safetensors')) ? await resume(runDirectory) : train(config, { runDirectory });
  await training.finish();
  return runDirectory;
}

function summarize({ mean, standardError, returns }) {
  const { low, high } = meanInterval(returns);
  const round = (value) => Number(value.toFixed(4));
  return { mean: round(mean), low: round(low), high: round(high), standardDeviation: round(standardError * Math.sqrt(returns.length)) };
}

/** The seed of experiments/solved whose greedy policy is best, and how many there are. */
function bestReported(name, algorithm) {
  const lines = readFileSync(join(root, 'experiments', 'solved', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => JSON.parse(line)).filter(({ method }) => method === algorithm);
  const scoreOf = ({ evaluations }) => meanInterval(evaluations.greedy.at(-1)).estimate;
  const [{ seed }] = rows.sort((a, b) => scoreOf(b) - scoreOf(a));
  return { seed, tried: rows.length };
}

async function pretrain(name) {
  const wanted = plan[name];
  let best;
  const found = wanted.reported ? bestReported(name, wanted.algorithm) : undefined;
  const seeds = found ? [found.seed] : Array.from({ length: wanted.seeds }, (_, index) => index + 1);
  for (const seed of seeds) {
    const run = await trained(name, wanted, seed);
    if (seeds.length === 1) {
      best = { seed, run };
      break;
    }
    const { greedy, sampled } = await evaluate(run, { episodes, seed: choosing });
    console.log(`${name}, seed ${seed}: greedy ${greedy.mean.toFixed(1)}, sampled ${sampled.mean.toFixed(1)}`);
    if (!best || greedy.mean > best.score) best = { seed, run, score: greedy.mean };
  }
  const { seed, run } = best;
  const file = withoutCritic(await readPolicy(run));
  const target = join(folder, name);
  await savePolicy(target, file, { overwrite: true });
  const { greedy, sampled } = await evaluate(target, { episodes, seed: reporting });
  const { config } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
  const summary = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8'));
  const path = join(target, 'policy.safetensors');
  return {
    name,
    algorithm: wanted.algorithm,
    command: commandFor(name, wanted, seed),
    seed,
    numEnvs: config.numEnvs,
    iterations: summary.iterations,
    steps: summary.progress.count,
    seconds: Number(summary.seconds.toFixed(1)),
    machine: `${cpus()[0].model.trim()}, ${cpus().length} cores`,
    date: statSync(join(run, 'summary.json')).mtime.toISOString().slice(0, 10),
    version,
    seedsTried: found ? found.tried : wanted.seeds,
    episodes,
    evaluationSeed: reporting,
    greedy: summarize(greedy),
    sampled: summarize(sampled),
    parametersSha256: summary.parametersSha256,
    bytes: statSync(path).size,
    sha256: createHash('sha256').update(readFileSync(path)).digest('hex'),
    ...(wanted.note && { note: wanted.note }),
  };
}

const names = process.argv.slice(2);
const strange = names.find((name) => !Object.hasOwn(plan, name));
if (strange !== undefined) {
  console.error(`pretrain: expected one of ${Object.keys(plan).join(', ')}, got ${strange}`);
  process.exit(2);
}
for (const name of names.length > 0 ? names : Object.keys(plan)) {
  const row = await pretrain(name);
  const list = existsSync(listFile) ? JSON.parse(readFileSync(listFile, 'utf8')) : [];
  const rows = new Map([...list.map((known) => [known.name, known]), [name, row]]);
  const ordered = Object.keys(plan).flatMap((known) => rows.get(known) ?? []);
  writeFileSync(listFile, `${JSON.stringify(ordered, null, 2)}\n`);
  console.log(`${name}: seed ${row.seed}, greedy ${row.greedy.mean}, sampled ${row.sampled.mean}, ${row.bytes} bytes`);
}
