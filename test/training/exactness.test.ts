/**
 * Promises 1 and 2 of the design: the same configuration and seed give the same bits, stopped and resumed or not. The hashes below were
 * recorded once; every supported Node and Chromium must give them.
 */
import { describe, expect, it } from 'vitest';
import type { TrainConfig } from '../../src/api/environments.ts';
import { shortRun, testCohort } from './cohort.ts';
import { Goal, Greatest, Repeat, Switches } from './spaceTasks.ts';

/** SHA-256 of the final parameters. */
async function hashOf(input: TrainConfig): Promise<string> {
  return (await testCohort().train(input).finish()).summary.parametersSha256;
}

/** For environments whose steps take long. */
const brief = {
  iterations: 3,
  numEnvs: 4,
  numSteps: 16,
  evaluationInterval: 0,
  finalEvaluationEpisodes: 1,
  evaluationMaxSteps: 20,
} as const;

const golden: readonly [string, TrainConfig, string][] = [
  ['gpg on CartPole', shortRun, '3fe637154720e810e7607395be3202fdba615cfaff990127661d082a20390e9f'],
  ['gpg+ on CartPole', { ...shortRun, algorithm: 'gpg+' }, '719a989741814a10a1aed6347c3e5a1f695fb39e8f2fdfccbe81b55c6a21c84c'],
  [
    'gpg+ on LunarLander',
    { ...shortRun, env: 'LunarLander-v3', algorithm: 'gpg+', numSteps: 96 },
    'bd1b17e8bc366101958b2b7e7964b18d50cccc7904aa1779b2126e9402e4b8fc',
  ],
  ['ppo on CartPole', { ...shortRun, algorithm: 'ppo' }, 'cb05503c554717f4d9cbbfa1292c1bfd7adf8654d6f809bae2571e70a694d8ee'],
  [
    'gpg on CliffWalking (one-hot)',
    { ...shortRun, env: 'CliffWalking-v1', learningRate: 2.5e-3 },
    '444f0055b144ea6bf1ffa1a8cad2b88b7dee750b5ea88ef138eb2843ae64e495',
  ],
  [
    'gpg on CartPole, normalized with shared statistics',
    { ...shortRun, normalizeObservation: 'shared', normalizeReward: 'shared' },
    'f86dace1654e37173ad9858667f96def1d57fc23936af69152f6b61c496cb73c',
  ],
  [
    'ppo on LunarLanderContinuous, normalized per environment',
    { ...shortRun, env: 'LunarLanderContinuous-v3', algorithm: 'ppo', normalizeObservation: 'perEnv', normalizeReward: 'perEnv' },
    '090935c6fb591ab461f6b931d3fe0d7f79d8990a9549690c8e9a30c25d0738c5',
  ],
  [
    'gpg on LunarLander',
    { ...shortRun, env: 'LunarLander-v3', numSteps: 96 },
    '4093dd283f7bc39def7d7409f3589fc5aafd8e967764bd568c1f93ba96ac7f5d',
  ],
  [
    'ppo on LunarLander, time limits bootstrapped',
    { ...shortRun, env: 'LunarLander-v3', algorithm: 'ppo', bootstrapTruncated: true, envOptions: { maxEpisodeSteps: 40 } },
    '0ba8d2e67cdc34ce56165086b2cec58a868d6eb36dc53b8b29074fd6e245de6b',
  ],
  [
    'gpg on Acrobot, with the equations of the paper of 1996',
    { ...shortRun, env: 'Acrobot-v1', numSteps: 96, envOptions: { bookOrNips: 'nips', maxEpisodeSteps: 60 } },
    '89e402637b5f66d260ab2f37b7c572db1ca32817deb7cd1b63bf50cc21e8d632',
  ],
  [
    'ppo on Acrobot',
    { ...shortRun, env: 'Acrobot-v1', algorithm: 'ppo', evaluationMaxSteps: 60 },
    'e36d4f4b58b5b880a68537576e65dcde543713802569f427f6f75313db25b0bd',
  ],
  [
    'ppo on MountainCar',
    { ...shortRun, env: 'MountainCar-v0', algorithm: 'ppo' },
    'd387d4f1d26593bad221d37c8516ec695c0cb7a4c482ad85775143b9c94d29da',
  ],
  [
    'gpg on MountainCarContinuous, normalized per environment',
    {
      ...shortRun,
      env: 'MountainCarContinuous-v0',
      normalizeObservation: 'perEnv',
      evaluationMaxSteps: 60,
      envOptions: { maxEpisodeSteps: 90 },
    },
    '180236292404406ff134f492ee38610d9b0e368e07bbe67d70d616ab040b3eee',
  ],
  [
    'gpg on Pendulum',
    { ...shortRun, env: 'Pendulum-v1', envOptions: { maxEpisodeSteps: 50 } },
    'b434c0980c3d6e092a771c212f6415ed261f0dc2dbb2bfe447de2907ee56a508',
  ],
  [
    'gpg on BipedalWalker',
    { ...shortRun, env: 'BipedalWalker-v3', numSteps: 96, evaluationMaxSteps: 50 },
    '6623cdd024dc674dc225f13c5a11cd38f47e48de9031723715502f33d1c6206b',
  ],
  [
    'ppo on BipedalWalkerHardcore, normalized per environment',
    {
      ...shortRun,
      env: 'BipedalWalkerHardcore-v3',
      algorithm: 'ppo',
      normalizeObservation: 'perEnv',
      normalizeReward: 'perEnv',
      evaluationMaxSteps: 50,
    },
    '99aed29d4df19c6636bf477e7891df2153641e0be3418cc7b7e996543baaa7e1',
  ],
  [
    'gpg on HalfCheetah, normalized with shared statistics',
    { ...shortRun, env: 'HalfCheetah-v5', normalizeObservation: 'shared', normalizeReward: 'shared', evaluationMaxSteps: 50 },
    '88a58ced1deb214c60f8ad97a0f274ae118a116095b8c124acaf4f8bd5c4daef',
  ],
  [
    'ppo on HalfCheetah, normalized per environment',
    {
      ...shortRun,
      env: 'HalfCheetah-v4',
      algorithm: 'ppo',
      normalizeObservation: 'perEnv',
      normalizeReward: 'perEnv',
      evaluationMaxSteps: 50,
    },
    '8ffb847f29c4903a4e71544fbbd732d5c38344e9b4d2aa16fe5a2e022704516f',
  ],
  [
    'gpg on Ant',
    { ...shortRun, env: 'Ant-v5', algorithm: 'gpg', normalizeObservation: 'shared', ...brief },
    '8fb94a1c80ff486df6664638eda8ed3a66cfd29fc378b6139eeffc421dd4fa32',
  ],
  [
    'ppo on Humanoid',
    { ...shortRun, env: 'Humanoid-v5', algorithm: 'ppo', normalizeObservation: 'shared', ...brief },
    '010590bcc3c7dfdea9cc525a8643b140f5c5049bef0512c9c7712baeadb6d82c',
  ],
  [
    'gpg on HumanoidStandup',
    { ...shortRun, env: 'HumanoidStandup-v5', algorithm: 'gpg', normalizeObservation: 'shared', ...brief },
    '3539c0c302f0b70927e020ec8196c2ff80597fe133291b204733a4328bf3326a',
  ],
  [
    'ppo on Pusher',
    { ...shortRun, env: 'Pusher-v5', algorithm: 'ppo', normalizeObservation: 'shared', ...brief },
    '07860b97afcb8da65221a18998a49751f49979fd43acd36c3adc70478f28db82',
  ],
  [
    'gpg with multi-discrete actions',
    { ...shortRun, env: () => new Repeat() },
    '9decaaae7718013053533738bc96eb98019191115627f7f9a68370e4198a4f88',
  ],
  [
    'ppo with multi-binary actions',
    { ...shortRun, env: () => new Switches(), algorithm: 'ppo' },
    'd8621a6d32e0f65e0871ac4e01e16152dc5c8c5168dca598825208242df298de',
  ],
  ['gpg on dict observations', { ...shortRun, env: () => new Goal() }, 'b72ede75aa2f8cbe48b61c647d9513dac88c9bc204e1dbc3d6133cf5c5e7b5fb'],
  ['gpg with masks', { ...shortRun, env: () => new Greatest() }, 'f1048bd48db12ce9d0dbba2dacdd43ba37d5fe4f7713544a42709b6548651bf1'],
  [
    'ppo with masks of two entries',
    { ...shortRun, env: () => new Greatest([40, 3]), algorithm: 'ppo' },
    '6ac6155f46f1936cc68838f498dd31b9f8e6c3c61ab02d27ac13776c7774392b',
  ],
  ['gpg on CartPole in 4 shards', { ...shortRun, shards: 4 }, '15e46a59347721cbcda15636343b753a7ca3ecc82be4699d2d5647037771ec2c'],
  [
    'ppo on CartPole in 3 shards',
    { ...shortRun, algorithm: 'ppo', shards: 3 },
    '3319b470e6d4696e203087bce192957e2491260ea8ef4ac4f0abe6a59c57d932',
  ],
  [
    'ppo on LunarLanderContinuous in 4 shards, normalized per environment',
    {
      ...shortRun,
      env: 'LunarLanderContinuous-v3',
      algorithm: 'ppo',
      normalizeObservation: 'perEnv',
      normalizeReward: 'perEnv',
      shards: 4,
    },
    '3391438480550715a43f5aa1f865822a31664b7db8e52c68b8a8d5fef45da912',
  ],
  [
    'gpg on FrozenLake (one-hot)',
    { ...shortRun, env: 'FrozenLake-v1' },
    'fe2ee3714f16ccfaa42557840de4dd6400746e3bacf4c129efde664957a746c3',
  ],
  [
    'ppo on FrozenLake8x8',
    { ...shortRun, env: 'FrozenLake8x8-v1', algorithm: 'ppo' },
    '0ced7e8f05bdcff5472cb4b5eac40dbecc08216e37f712348e08293a7f9da9c4',
  ],
  [
    'gpg on a lake that is drawn',
    { ...shortRun, env: 'FrozenLake-v1', envOptions: { mapName: 'random', mapSize: 5 } },
    '72026ac45af82c088fe2ea16dfa41ef5797fbc0601a31e1ab99d16aaef967c60',
  ],
  ['gpg on Taxi, with its masks', { ...shortRun, env: 'Taxi-v4' }, '8fd8c41c92572d5b445d9cb6de3bcd706a080d099c5c9c78b52cb93681e88eab'],
  [
    'ppo on Taxi in rain, without masks',
    { ...shortRun, env: 'Taxi-v4', algorithm: 'ppo', envOptions: { actionMask: false, isRainy: true, observation: 'factors' } },
    'aa1f909c135f614b5c8435e5a03d80fb023b4cea8c3fdb374cd07b97d032ec48',
  ],
  [
    'gpg on Blackjack, which shows a tuple',
    { ...shortRun, env: 'Blackjack-v1' },
    '9f9033f56e82d6d9527f48aba589c8b882de6724c845c2f9a3758708dbf6401c',
  ],
];

describe('the same bits', () => {
  it.each(golden)('%s: the recorded hash, twice', async (_name, input, hash) => {
    expect(await hashOf(input)).toBe(hash);
    expect(await hashOf(input)).toBe(hash);
  });

  it('another seed gives other bits', async () => {
    expect(await hashOf({ ...shortRun, seed: 2 })).not.toBe(golden[0]![2]);
  });

  it.each([golden[0]!, golden[3]!])('%s: evaluating more or less often changes nothing', async (_name, input, hash) => {
    expect(await hashOf({ ...input, evaluationInterval: 0, finalEvaluationEpisodes: 1 })).toBe(hash);
  });
});

describe('resume', () => {
  const variants: readonly [string, Partial<TrainConfig>][] = [
    ['gpg', {}],
    ['ppo', { algorithm: 'ppo' }],
    ['gpg in shards', { shards: 3 }],
    [
      'ppo on LunarLanderContinuous in shards, normalized per environment',
      { env: 'LunarLanderContinuous-v3', algorithm: 'ppo', normalizeObservation: 'perEnv', normalizeReward: 'perEnv', shards: 3 },
    ],
    ['a baseline that remembers, in shards', { algorithm: 'gpg-pooled', shards: 3 }],
    ['tail carry', { tail: 'carry', carryRollouts: 2 }],
    ['tail complete', { tail: 'complete' }],
    ['forced reset', { timeOrigin: 'forced-reset' }],
    ['CliffWalking, slippery', { env: 'CliffWalkingSlippery-v1' }],
    ['FrozenLake on a map of its own', { env: 'FrozenLake-v1', envOptions: { desc: ['SFFS', 'FHFG'], rewardSchedule: [1, -1, 0] } }],
    ['Taxi, with masks', { env: 'Taxi-v4', envOptions: { isRainy: true, ficklePassenger: true, maxEpisodeSteps: 50 } }],
    ['ppo on Blackjack in shards', { env: 'Blackjack-v1', algorithm: 'ppo', shards: 3 }],
    ['Acrobot', { env: 'Acrobot-v1', envOptions: { maxEpisodeSteps: 60 } }],
    ['MountainCar', { env: 'MountainCar-v0', envOptions: { maxEpisodeSteps: 60 } }],
    ['MountainCarContinuous', { env: 'MountainCarContinuous-v0', envOptions: { maxEpisodeSteps: 60 } }],
    ['Pendulum', { env: 'Pendulum-v1', envOptions: { maxEpisodeSteps: 60 } }],
    ['Ant, which carries numbers from step to step', { env: 'Ant-v5', envOptions: { maxEpisodeSteps: 20 } }],
    ['Humanoid, normalized', { env: 'Humanoid-v5', normalizeObservation: 'shared', envOptions: { healthyZRange: [1.2, null] } }],
    ['shared normalization', { normalizeObservation: 'shared', normalizeReward: 'shared' }],
    [
      'normalization per environment, forced reset',
      { normalizeObservation: 'perEnv', normalizeReward: 'perEnv', timeOrigin: 'forced-reset' },
    ],
    [
      'ppo on LunarLander, time limits bootstrapped',
      { env: 'LunarLander-v3', algorithm: 'ppo', bootstrapTruncated: true, envOptions: { maxEpisodeSteps: 40 } },
    ],
    [
      'HalfCheetah, normalized with shared statistics',
      { env: 'HalfCheetah-v5', normalizeObservation: 'shared', normalizeReward: 'shared', envOptions: { maxEpisodeSteps: 50 } },
    ],
    ['Reacher of version 4, which carries numbers from step to step', { env: 'Reacher-v4', envOptions: { maxEpisodeSteps: 20 } }],
    ['Walker2d with a healthy range', { env: 'Walker2d-v5', envOptions: { healthyZRange: [0.9, null] } }],
    ['BipedalWalkerHardcore', { env: 'BipedalWalkerHardcore-v3', numSteps: 96, evaluationMaxSteps: 50 }],
    [
      'LunarLanderContinuous, normalized per environment, completed tails',
      { env: 'LunarLanderContinuous-v3', normalizeObservation: 'perEnv', normalizeReward: 'perEnv', tail: 'complete', numSteps: 96 },
    ],
  ];

  it.each(variants)('%s: stopped after 1, then after 4, then to the end: the bits of a run at once', async (_name, change) => {
    const input = { ...shortRun, ...change } as TrainConfig;
    const cohort = testCohort();
    const whole = await cohort.train(input, { runDirectory: 'whole' }).finish();
    const first = await cohort.train({ ...input, stopAfter: 1 }, { runDirectory: 'parts' }).finish();
    expect(first.summary.status).toBe('stopped');
    await (await cohort.resume('parts', { stopAfter: 4 })).finish();
    const last = await (await cohort.resume('parts')).finish();
    expect(last.summary.parametersSha256).toBe(whole.summary.parametersSha256);
    expect(last.summary.progress).toEqual(whole.summary.progress);
    expect(last.summary.evaluation).toEqual(whole.summary.evaluation);
    const withoutTimes = (name: string): unknown[] => {
      const bytes = cohort.home.folders.get(name)!.files.get('metrics.jsonl')!;
      const lines = new TextDecoder().decode(bytes).trimEnd().split('\n');
      return lines.map((line) => {
        const { seconds: _seconds, ...row } = JSON.parse(line) as Record<string, number>;
        return Object.fromEntries(Object.entries(row).filter(([key]) => !key.startsWith('time/') && key !== 'charts/SPS'));
      });
    };
    expect(withoutTimes('parts')).toEqual(withoutTimes('whole'));
  });

  it('an aborted run ends with a checkpoint and goes on to the same bits', async () => {
    const cohort = testCohort();
    const controller = new AbortController();
    const run = cohort.train(shortRun, { runDirectory: 'run', signal: controller.signal });
    for await (const { iteration } of run) if (iteration === 3) controller.abort();
    const { summary } = await run.finish();
    expect(summary).toMatchObject({ status: 'interrupted', iterations: 3 });
    const resumed = await (await cohort.resume('run')).finish();
    expect(resumed.summary).toMatchObject({ status: 'done', iterations: 6, parametersSha256: golden[0]![2] });
  });

  it('leaving the loop early ends the run as an abort does', async () => {
    const cohort = testCohort();
    const run = cohort.train(shortRun, { runDirectory: 'run' });
    for await (const { iteration } of run) if (iteration === 2) break;
    const { summary } = await run.finish();
    expect(summary).toMatchObject({ status: 'interrupted', iterations: 2 });
    const resumed = await (await cohort.resume('run')).finish();
    expect(resumed.summary.parametersSha256).toBe(golden[0]![2]);
  });
});
