/**
 * What a run in shards would carry between machines: bytes of the arrays of tasks and answers in one iteration, by what they hold. The first row is a run
 * without shards, whose one shard is the whole.
 *
 *   node tools/build.mjs && node bench/shards.mjs [--shards 1,2,4,8]
 */
import { parseArgs } from 'node:util';
import { createCohort, nodePlatform } from '../dist/node.js';

const { values: flags } = parseArgs({ options: { shards: { type: 'string', default: '1,2,4,8' } } });
const counts = flags.shards.split(',').map(Number);
const runs = [
  { algorithm: 'gpg', env: 'CartPole-v1', recipe: 'none', numEnvs: 128, numSteps: 128 },
  { env: 'CartPole-v1', recipe: 'none', numEnvs: 128, numSteps: 128, algorithm: 'ppo' },
  { algorithm: 'gpg', env: 'HalfCheetah-v5', recipe: 'paper', numEnvs: 32, numSteps: 2048 },
];

const bytesOf = (value) => {
  if (ArrayBuffer.isView(value)) return value.byteLength;
  return typeof value === 'object' && value !== null ? Object.values(value).reduce((sum, inner) => sum + bytesOf(inner), 0) : 0;
};

const short = { iterations: 1, evaluationInterval: 0, finalEvaluationEpisodes: 1, evaluationMaxSteps: 1 };

async function measure(fields) {
  const sums = { parameters: 0, states: 0, rollouts: 0, outcomes: 0, estimates: 0, rows: 0, gradients: 0 };
  const cohort = createCohort(nodePlatform);
  const run = cohort.train(
    { ...fields, ...short },
    {
      async openShards({ config }) {
        const here = await cohort.openShardRunner(config);
        return {
          async collect(task) {
            const answer = await here.collect(task);
            sums.parameters += bytesOf(task.parameters);
            sums.states += bytesOf([task.env, task.elapsed, answer.env, answer.elapsed]);
            sums.rollouts += bytesOf(answer.rollout);
            sums.outcomes += bytesOf([answer.outcome, answer.episodes]);
            return answer;
          },
          async gradient(task) {
            const answer = await here.gradient(task);
            sums.parameters += bytesOf(task.parameters);
            if (task.minibatch === 0) sums.estimates += bytesOf(task.estimate);
            sums.rows += bytesOf(task.rows);
            sums.gradients += bytesOf([answer.gradient, answer.statistics]);
            return answer;
          },
          close: () => here.close(),
        };
      },
    },
  );
  for await (const { metrics } of run) return { barriers: metrics['shards/barriers'], ...sums, all: metrics['shards/bytes'] };
}

for (const fields of runs) {
  const { env, algorithm, numEnvs, numSteps } = fields;
  console.log(`\n${algorithm} on ${env}, ${numEnvs} environments x ${numSteps} steps: bytes per iteration`);
  const rows = {};
  for (const shards of counts) rows[`${shards} shards`] = await measure({ ...fields, shards });
  console.table(rows);
}
