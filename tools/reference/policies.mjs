/** docs/reference/policies.md. */
import { code, list, page, prose, table } from './markdown.mjs';

/** Two decimals where returns are small. */
const interval = ({ mean, low, high }) => {
  const write = (value) => value.toFixed(Math.abs(mean) < 10 ? 2 : 1);
  return `${write(mean)} [${write(low)}, ${write(high)}]`;
};

/** What is known of every policy that comes with the package. */
export function renderPolicies({ pretrainedPolicies }) {
  const [{ episodes, evaluationSeed }] = pretrainedPolicies;
  const rows = pretrainedPolicies.map((policy) => [
    code(policy.name),
    policy.algorithm,
    policy.numEnvs,
    policy.steps.toLocaleString('en'),
    interval(policy.greedy),
    interval(policy.sampled),
    `${Math.round(policy.seconds)} s`,
    `${policy.seed} of ${policy.seedsTried}`,
    `${Math.round(policy.bytes / 1000)} kB`,
    policy.date,
  ]);
  const commands = pretrainedPolicies.map((policy) => [
    code(policy.name),
    code(policy.command),
    code(policy.parametersSha256.slice(0, 16)),
    policy.machine,
    policy.version,
  ]);
  const notes = pretrainedPolicies.filter(({ note }) => note !== undefined).map(({ name, note }) => `${code(name)}: ${note}`);
  return page('Policies that come with the package', [
    prose(
      'Trained policies, one for every environment with default settings, to watch, record, evaluate and begin from without training. `npx cohort-rl policies` lists them, `npx cohort-rl ' +
        'policies LunarLander-v3` says all that is known of one.',
    ),
    ['```sh', 'npx cohort-rl watch CartPole-v1', 'npx cohort-rl eval CartPole-v1', 'npx cohort-rl record CartPole-v1 --gif', '```'].join(
      '\n',
    ),
    prose(
      'In Node, `loadPolicy`, `loadPlayer`, `evaluate`, `readPolicy`, `record` and `from` take such a name where they take a folder; a folder of that ' +
        'name comes first. Programs that only play, and pages, import `cohort-rl/pretrained`, which loads a policy when it is asked for:',
    ),
    [
      '```js',
      "import { loadPretrained, pretrainedPolicies } from 'cohort-rl/pretrained';",
      '',
      "const policy = await loadPretrained('CartPole-v1');",
      'const action = policy.act(observation);',
      '```',
    ].join('\n'),
    table(['name', 'method', 'N', 'steps', 'greedy [95 %]', 'sampled [95 %]', 'trained in', 'seed', 'size', 'date'], rows),
    list([
      `Mean returns of ${episodes} episodes, with their intervals over episodes (Student); seed ${evaluationSeed} of the evaluation. The seed of ` +
        'training was chosen among those tried by the greedy policy in 100 other episodes, so these figures say what the policy does, and nothing about ' +
        'how well its method does on average.',
      'N is the number of environments. Times are wall times, of machines that may have been busy with other work.',
      ...notes,
    ]),
    prose('Each of these commands trains the policy to the same bits; `parametersSha256` in the `summary.json` of the run begins as here.'),
    table(['name', 'command', 'SHA-256', 'machine', 'version'], commands),
    prose('`node tools/pretrain.mjs`, in a clone, trains and measures them again.'),
  ]);
}
