/**
 * The configuration of a run: the fields of training itself, joined with those of the chosen algorithm into one flat record.
 */
import * as z from 'zod/mini';
import type { Algorithm } from '../algorithms/algorithm.ts';
import { type AlgorithmName, type AlgorithmRegistry, defaultAlgorithm, standardAlgorithms } from '../algorithms/standard.ts';
import { checkRecord, isRecord } from '../core/arguments.ts';
import { choice, inGroup, integer, optionalInteger, optionalReal, parseConfig, real } from '../core/config.ts';
import { mistake, show, suggest } from '../core/errors.ts';
import { keepingFields, seedField } from '../run/fields.ts';
import { checkShards } from './shards/check.ts';

/** Configuration fields that every algorithm shares. */
export const trainingFields = {
  ...inGroup('Task', {
    seed: seedField,
    iterations: integer({
      description: 'iterations (one rollout and its update each); schedules run over them',
      default: 200,
      min: 1,
      max: 100_000_000,
    }),
    envSeeding: choice({
      description: 'seed of environment i: cohort = SeedSequence([seed, i]), gymnasium = seed + i',
      default: 'cohort',
      names: ['cohort', 'gymnasium'],
    }),
    normalizeObservation: choice({
      description:
        'observations minus running mean, by running standard deviation: of the group (shared) or of each environment (perEnv; evaluation uses the merge)',
      default: 'none',
      names: ['none', 'shared', 'perEnv'],
    }),
    normalizeReward: choice({
      description:
        'training rewards by running standard deviation of the discounted return: of the group (shared) or of each environment (perEnv)',
      default: 'none',
      names: ['none', 'shared', 'perEnv'],
    }),
    clipObservation: real({ description: 'normalized observations are cut to ± this', default: 10, min: 1e-6, max: 1e9 }),
    clipReward: real({ description: 'normalized rewards are cut to ± this', default: 10, min: 1e-6, max: 1e9 }),
  }),
  ...inGroup('Evaluation', {
    evaluationInterval: integer({
      description: 'iterations between evaluations; 0 evaluates only at the end',
      default: 5,
      min: 0,
      max: 100_000_000,
    }),
    evaluationEpisodes: integer({
      description: 'episodes per evaluation, each with a fixed seed of its own, sampled and greedy',
      default: 5,
      min: 1,
      max: 100_000,
    }),
    finalEvaluationEpisodes: integer({ description: 'episodes of the evaluation at the end', default: 20, min: 1, max: 100_000 }),
    evaluationMaxSteps: optionalInteger({
      description: 'cut evaluation episodes here (default: the task’s own limit; without one 10,000, but 500 for CliffWalking)',
      min: 1,
      max: 100_000_000,
    }),
  }),
  stopAfter: keepingFields.stopAfter,
  ...inGroup('Run', {
    targetReturn: optionalReal({
      description: 'stop as soon as the mean sampled return of an evaluation reaches this',
      min: -1e12,
      max: 1e12,
    }),
  }),
  checkpointInterval: keepingFields.checkpointInterval,
  checkpointSeconds: keepingFields.checkpointSeconds,
  ...inGroup('Run', {
    policySnapshots: integer({
      description: 'how many policies to keep in the run folder, evenly over the iterations, in addition to the initial one; 0 keeps none',
      default: 10,
      min: 0,
      max: 10_000,
    }),
  }),
  tensorboard: keepingFields.tensorboard,
  ...inGroup('Run', {
    shards: integer({
      description:
        'parts of the environments whose gradients are computed apart and added in order; 1 is the whole, another number another run',
      default: 1,
      min: 1,
      max: 65_536,
    }),
  }),
  threads: keepingFields.threads,
  arithmetic: keepingFields.arithmetic,
} satisfies z.core.$ZodShape;

/** The whole schema of a run with one algorithm, without `env` and `algorithm`. */
export function runSchema({ fields }: Pick<Algorithm, 'fields'>): z.ZodMiniObject {
  return z.strictObject({ ...trainingFields, ...fields });
}

/** A configuration with every field filled in. */
export type ResolvedConfig = {
  readonly env: string;
  readonly algorithm: AlgorithmName;
  /** Options for the environment's constructor, as Gymnasium's `make` takes them. */
  readonly envOptions: Readonly<Record<string, unknown>>;
} & Readonly<z.output<z.ZodMiniObject<typeof trainingFields>>> &
  Readonly<Record<string, unknown>>;

/** What to say where the methods of the group family are not loaded, as in a page. */
function howToBring(algorithms: AlgorithmRegistry): string {
  const isHere = algorithms.list().some(({ family }) => family !== undefined);
  return isHere ? '' : '; others come with `for (const method of groupMethods) registerAlgorithm(method)`, of cohort-rl/algorithms';
}

/**
 * Fills in defaults and validates everything. Throws `CohortError` for an unknown algorithm or field, a value out of range, and
 * for fields that contradict each other. `nameOf` writes a field the way the user wrote it; `algorithms` are those that may be named.
 */
export function resolveConfig(
  input: Readonly<Record<string, unknown>>,
  subject = 'configuration',
  nameOf: (field: string) => string = (field) => field,
  algorithms: AlgorithmRegistry = standardAlgorithms(),
): ResolvedConfig {
  checkRecord(input, subject, 'a record of fields', "write for example { env: 'CartPole-v1' }");
  const { env, algorithm: name = defaultAlgorithm, envOptions = {}, ...fields } = input;
  if (typeof env !== 'string') {
    throw mistake(`${subject}: env`, 'the id of an environment', show(env), 'name one, for example CartPole-v1');
  }
  const algorithm = typeof name === 'string' ? algorithms.find(name) : undefined;
  if (!algorithm) {
    const names = algorithms.list().map((known) => known.name);
    throw mistake(
      `${subject}: ${nameOf('algorithm')}`,
      `one of ${names.join(', ')}`,
      show(name),
      suggest(name, names) + howToBring(algorithms),
    );
  }
  if (!isRecord(envOptions)) {
    const advice = 'write for example { suttonBartoReward: true }';
    throw mistake(`${subject}: envOptions`, 'a record of options for the environment', show(envOptions), advice);
  }
  const parsed = parseConfig(runSchema(algorithm), fields, subject, nameOf);
  const config = { env, algorithm: algorithm.name, envOptions: envOptions as Record<string, unknown>, ...parsed } as ResolvedConfig;
  algorithm.check(config, subject, nameOf);
  if (config.shards > 1) checkShards(config, algorithm, subject, nameOf);
  return config;
}
