/**
 * Makes lines of results of another package's runs: from a folder of `seed-<n>.csv` (global_step, episodic_return, episodic_length) and `versions.json`,
 * as `experiments/lunarlander-ppo/run_sb3.py` and `experiments/cleanrl-parity/run_cleanrl.py` write them, to a file of results of ours. Seeds that the
 * file has are replaced, all its other lines stay.
 *
 *     npm run build
 *     node tools/episodesToResults.mjs FOLDER experiments/lunarlander-ppo/LunarLander-v3.jsonl \
 *       --source stable-baselines3 --script PPO --target LunarLander-v3 --method ppo --steps 1015808 --iterations 62
 *
 * `--steps` are all steps of a run, whole iterations as the package counts them; `--machine` says on which processor it ran (default: unknown).
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** Stretches of training that episodes are kept by. */
const stretches = 100;

/** A CSV of training episodes as [step, return] pairs. */
export function readEpisodes(text) {
  const rows = text.trimEnd().split('\n').slice(1);
  return rows.map((row) => row.split(',').slice(0, 2).map(Number));
}

/**
 * Episodes by equal stretches of all steps, as a `RunResult` has them: the end of each stretch, how many ended in it, their mean return. The last ten
 * stretches hold exactly the episodes of the last tenth of the steps.
 */
export function episodesByStretch(episodes, steps) {
  const progress = Array.from({ length: stretches }, (_, index) => Math.floor(((index + 1) * steps) / stretches));
  const count = progress.map(() => 0);
  const sums = progress.map(() => 0);
  for (const [step, value] of episodes) {
    const index = progress.findIndex((end) => step <= end);
    if (index < 0) throw new Error(`episodesToResults.mjs: expected episodes within ${steps} steps, got one at ${step}; correct --steps`);
    count[index]++;
    sums[index] += value;
  }
  // Six decimals: a mean times its count is the sum again.
  return { progress, count, return: sums.map((sum, index) => (count[index] > 0 ? Number((sum / count[index]).toFixed(6)) : 0)) };
}

/** One run of another package. `versions` is what its `versions.json` holds. */
function originalResult(episodes, versions, { source, script, target, method, seed, steps, iterations, machine = 'unknown' }) {
  const { versions: packages, platform, cleanrl, settings, arguments: words } = versions;
  const described = {
    ...settings,
    ...(words && { arguments: words }),
    ...(cleanrl && { script: cleanrl.script, scriptSha256: cleanrl.sha256 }),
    ...(versions.threads !== undefined && { threads: versions.threads }),
  };
  return {
    identity: `${source}/${script}/${target}/${seed}`,
    cell: `${source} ${script}`,
    source,
    road: 'environments',
    target,
    method,
    seed,
    settings: Object.fromEntries(Object.entries(described).sort(([a], [b]) => (a < b ? -1 : 1))),
    status: 'done',
    iterations,
    progress: { unit: 'steps', count: steps },
    seconds: null,
    evaluations: { iteration: [], progress: [], seconds: [], sampled: [], greedy: [] },
    episodes: episodesByStretch(episodes, steps),
    parametersSha256: null,
    versions: { ...packages, ...(platform && { platform }), ...(cleanrl?.commit && { cleanrl: cleanrl.commit }) },
    machine,
  };
}

/** The lines of a file of results with these runs behind them; the next sweep puts all in order. */
function withResults(lines, results) {
  const added = new Set(results.map(({ identity }) => identity));
  return [...lines.filter(({ identity }) => !added.has(identity)), ...results];
}

/** The seeds of a folder, rising. */
function seedsIn(folder) {
  const seeds = readdirSync(folder).flatMap((name) => name.match(/^seed-(\d+)\.csv$/)?.[1] ?? []);
  return seeds.map(Number).sort((a, b) => a - b);
}

async function main() {
  const text = { type: 'string' };
  const options = { source: text, script: text, target: text, method: text, steps: text, iterations: text, machine: text };
  const { positionals, values } = parseArgs({ allowPositionals: true, options });
  const [folder, output] = positionals;
  const missing = [
    ...(output ? [] : ['a folder and a file of results']),
    ...Object.keys(options).flatMap((name) => (values[name] === undefined && name !== 'machine' ? [`--${name}`] : [])),
  ];
  if (missing.length > 0) {
    console.error(`episodesToResults.mjs: expected ${missing.join(', ')}, got none; see the head of the file`);
    process.exit(2);
  }
  const { readResults, writeResult } = await import('../dist/experiments.js');
  const versions = JSON.parse(readFileSync(join(folder, 'versions.json'), 'utf8'));
  const [steps, iterations] = [Number(values.steps), Number(values.iterations)];
  const results = seedsIn(folder).map((seed) => {
    const episodes = readEpisodes(readFileSync(join(folder, `seed-${seed}.csv`), 'utf8'));
    return originalResult(episodes, versions, { ...values, seed, steps, iterations });
  });
  const before = existsSync(output) ? readResults(readFileSync(output, 'utf8'), output) : [];
  const lines = withResults(before, results).map(writeResult).join('');
  // Read again: nothing is written that cannot be.
  readResults(lines, output);
  writeFileSync(`${output}.tmp`, lines);
  renameSync(`${output}.tmp`, output);
  console.error(`${output}: ${results.length} runs of ${values.source}, ${before.length} lines before`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
