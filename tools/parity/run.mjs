/**
 * `npm run parity`: the environments of this package compared with Gymnasium's, live, with new seeds. Needs a Python with Gymnasium, Box2D and MuJoCo.
 *
 *     npm run parity -- [--python PATH] [--seed N] [--episodes 20] [--only Humanoid] [--json] [--save]
 *
 * Prints one row per case, with `--only` those that have the word in their names, and exits with 1 if one is missed. `--save` keeps the rows in tools/parity/results.json, of which
 * `node tools/parity/report.mjs` makes docs/parity.md.
 */
import { spawn, spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareCase } from './compare.mjs';

const script = fileURLToPath(new URL('./original.py', import.meta.url));
// MuJoCo of the version that this package runs: versions differ from each other in rare steps (docs/parity.md).
const needs = "'gymnasium[box2d,mujoco]==1.3.0' mujoco==3.9.0";

function refuse(text) {
  console.error(`parity: ${text}`);
  process.exit(2);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        python: { type: 'string', default: process.env.COHORT_PYTHON ?? 'python3' },
        seed: { type: 'string' },
        episodes: { type: 'string', default: '20' },
        only: { type: 'string', default: '' },
        json: { type: 'boolean', default: false },
        save: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    return refuse(`expected --python, --seed, --episodes, --only, --json or --save; ${error.message}`);
  }
}

const options = readOptions();
const seed = options.seed === undefined ? randomInt(2 ** 32) : Number(options.seed);
if (!Number.isSafeInteger(seed) || seed < 0) refuse(`--seed: expected a whole number of at least 0, got ${options.seed}`);
const episodes = Number(options.episodes);
if (!Number.isInteger(episodes) || episodes < 2) refuse(`--episodes: expected a whole number of at least 2, got ${options.episodes}`);
if (options.only !== '' && options.save) refuse('expected --only or --save, got both: what is saved is all cases');
if (!existsSync(new URL('../../dist/envs.js', import.meta.url))) refuse('expected a build in dist, got none; run npm run build');
const probe = spawnSync(options.python, ['-c', 'import gymnasium, Box2D, mujoco; print(gymnasium.__version__, mujoco.__version__)'], {
  encoding: 'utf8',
});
if (probe.status !== 0) {
  const reason = probe.error ? 'no such program' : probe.stderr.trim().split('\n').at(-1);
  refuse(
    `expected a Python with Gymnasium, Box2D and MuJoCo, got ${options.python}: ${reason}; pip install ${needs}, or name another with --python or COHORT_PYTHON`,
  );
}

if (!options.json) console.log(`Beside Gymnasium and MuJoCo ${probe.stdout.trim()}, seed ${seed} (--seed ${seed} repeats this run)\n`);
const child = spawn(options.python, [script, '--seed', String(seed), '--episodes', String(episodes), '--only', options.only], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let versions;
const rows = [];
for await (const line of createInterface({ input: child.stdout })) {
  const message = JSON.parse(line);
  if (message.versions) {
    versions = message.versions;
    continue;
  }
  const row = await compareCase(message);
  rows.push(row);
  if (options.json) console.log(JSON.stringify(row));
  else
    console.log(
      `${row.met ? 'ok  ' : 'MISS'}  ${row.case}: ${row.found} (${row.steps.toLocaleString('en')} steps, ${row.episodes} episodes)`,
    );
}
const code = child.exitCode ?? (await new Promise((resolve) => child.on('close', resolve)));
if (code !== 0) refuse(`expected the original to end with 0, got ${code}; its own message is above`);
const missed = rows.filter((row) => !row.met).length;
if (!options.json) console.log(`\n${rows.length - missed} of ${rows.length} as promised`);
if (options.save) {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const result = {
    date: new Date().toISOString().slice(0, 10),
    seed,
    episodes,
    'cohort-rl': version,
    node: process.versions.node,
    versions,
    rows,
  };
  writeFileSync(new URL('./results.json', import.meta.url), `${JSON.stringify(result, null, 1)}\n`);
}
process.exitCode = missed === 0 ? 0 : 1;
