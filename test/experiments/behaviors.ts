/**
 * The bits that behavior numbers stand for: a hash of what every algorithm, environment, estimator and task does with small fixed settings. Shared by
 * the test and by tools/recordBehavior.mjs.
 */
import { completionEstimators, type EstimatorName } from '../../src/advantage/core.ts';
import { allAlgorithms } from '../../src/algorithms/index.ts';
import type { TrainConfig } from '../../src/api/environments.ts';
import type { Action, Env, EnvState } from '../../src/core/env.ts';
import type { OptionRange } from '../../src/core/optionRange.ts';
import { box, discrete } from '../../src/core/space.ts';
import { type EnvSpec, standardRegistry } from '../../src/envs/index.ts';
import { drawProblem, type LanguageTask, languageTasks } from '../../src/lm/index.ts';
import { createGenerator, sampleSpace } from '../../src/random/index.ts';
import { Sha256, sha256 } from '../../src/run/sha256.ts';
import { shortRun } from '../lm/languageRun.ts';
import { testCohort } from '../training/cohort.ts';

/** One behavior number and the bits under it. */
export interface Behavior {
  readonly behavior: number;
  readonly sha256: string;
}

/** One thing that has a behavior number. */
export interface Subject {
  /** `algorithm gpg`. */
  readonly name: string;
  readonly behavior: number;
  hash(): Promise<string>;
}

/** What is wrong with a record; nothing where number and bits are those recorded. */
export function disagreement(name: string, recorded: Behavior | undefined, now: Behavior): string | undefined {
  const record = 'node tools/recordBehavior.mjs';
  if (!recorded) return `${name} has no record: run ${record}`;
  const changed = recorded.sha256 !== now.sha256;
  const raised = now.behavior > recorded.behavior;
  if (changed && !raised)
    return `${name} gives other bits under behavior ${now.behavior}: raise its behavior and record the new hash (${record})`;
  if (changed) return `${name} has a new behavior ${now.behavior}: record the new hash (${record})`;
  if (now.behavior === recorded.behavior) return undefined;
  return `${name} gives the bits of behavior ${recorded.behavior} under ${now.behavior}: take the number back, or its results would run again`;
}

/** What is to be recorded. Throws for a number that did not rise with its bits, or rose without them. */
export function newRecord(name: string, recorded: Behavior | undefined, now: Behavior): Behavior {
  const mayChange = !recorded || (recorded.sha256 !== now.sha256 && now.behavior > recorded.behavior);
  const wrong = mayChange ? undefined : disagreement(name, recorded, now);
  if (wrong) throw new Error(wrong);
  return now;
}

/** An environment of this file's own, so that no change of a built-in one changes an algorithm's hash. It drifts, is pushed, and ends after 20 steps. */
class Drift implements Env<Float32Array, number> {
  readonly observationSpace = box(-100, 100, [2]);
  readonly actionSpace = discrete(3);
  #random = createGenerator(0);
  #position = 0;
  #elapsed = 0;

  reset({ seed }: { seed?: Parameters<typeof createGenerator>[0] } = {}) {
    if (seed !== undefined) this.#random = createGenerator(seed);
    this.#position = this.#random.uniform(-1, 1);
    this.#elapsed = 0;
    return { observation: Float32Array.of(this.#position, 0), info: {} };
  }

  step(action: number) {
    this.#position += (action - 1) / 4 + this.#random.uniform(-0.1, 0.1);
    this.#elapsed++;
    const observation = Float32Array.of(this.#position, this.#elapsed / 10);
    const terminated = Math.abs(this.#position) > 2;
    return { observation, reward: 1 - Math.abs(this.#position), terminated, truncated: this.#elapsed === 20, info: {} };
  }

  getState() {
    return { generator: this.#random.getState(), episode: Float64Array.of(this.#position, this.#elapsed) };
  }

  setState({ generator, episode }: EnvState) {
    this.#random.setState(generator as Uint32Array);
    [this.#position, this.#elapsed] = episode as Float64Array as unknown as [number, number];
  }
}

async function hashOfAlgorithm(algorithm: string): Promise<string> {
  const small: TrainConfig = {
    ...{ env: () => new Drift() as Env, algorithm, recipe: 'none', iterations: 3, numEnvs: 8, numSteps: 48 },
    ...{ evaluationInterval: 0, finalEvaluationEpisodes: 1 },
  };
  const normalized: TrainConfig = {
    ...small,
    normalizeObservation: 'shared',
    normalizeReward: 'perEnv',
    hiddenSizes: [16],
    activation: 'relu',
  };
  const hashes: string[] = [];
  for (const input of [small, normalized]) hashes.push((await testCohort().train(input).finish()).summary.parametersSha256);
  return sha256(hashes.join());
}

/** A part of the range that random actions leave soon. */
function narrower([low, high]: OptionRange): OptionRange {
  return low !== null && high !== null
    ? [low + (high - low) / 4, high - (high - low) / 4]
    : [low ?? (high as number) - 1, high ?? (low as number) + 1];
}

/** No options, and each option by itself at something other than its default; records of their own, so that a new option changes none. */
function variantsOf({ options = {} }: EnvSpec): Readonly<Record<string, unknown>>[] {
  const others = Object.entries(options).flatMap(([name, { kind, names = [], default: value }]): Readonly<Record<string, unknown>>[] => {
    if (kind === 'choice') return names.filter((other) => other !== value).map((other) => ({ [name]: other }));
    if (kind === 'boolean') return [{ [name]: value !== true }];
    if (kind === 'range') return [{ [name]: narrower(value as OptionRange) }];
    // Without wind its power would change nothing.
    const wind = /^(wind|turbulence)Power$/.test(name) ? { enableWind: true } : {};
    return [{ ...wind, [name]: kind === 'steps' ? 30 : Number(value) / 2 }];
  });
  return [{}, ...others];
}

async function hashOfEnvironment(spec: EnvSpec, options: Readonly<Record<string, unknown>>): Promise<string> {
  const hash = new Sha256();
  const env = await spec.make(options);
  const random = createGenerator(1);
  const show = (observation: ReturnType<Env['reset']>['observation'], ...facts: number[]): void => {
    hash.update(Float64Array.from([...(typeof observation === 'number' ? [observation] : (observation as Float32Array)), ...facts]));
  };
  show(env.reset({ seed: 1 }).observation);
  for (let t = 0; t < 200; t++) {
    const { observation, reward, terminated, truncated } = env.step(sampleSpace(env.actionSpace, random) as Action);
    show(observation, reward, Number(terminated), Number(truncated));
    if (terminated || truncated) show(env.reset().observation);
  }
  env.close?.();
  return hash.hex();
}

async function hashOfTask(task: LanguageTask): Promise<string> {
  const { alphabet, promptLength, completionLength, weights, outcome } = task;
  await task.load?.();
  const lines: unknown[] = [{ alphabet, promptLength, completionLength, weights, outcome }];
  for (let i = 0; i < 20; i++) {
    const problem = drawProblem(task, [1, i], i < 10 ? 'train' : 'heldOut');
    const { prompt, solution = '' } = problem;
    const said = [solution, solution.slice(1), '7', ''];
    lines.push([
      prompt,
      solution,
      ...(await Promise.all(said.flatMap((text) => [problem.reward(text, true), problem.reward(text, false)]))),
    ]);
  }
  return sha256(JSON.stringify(lines));
}

/** Everything that has a behavior number. */
export function behaviorSubjects(): Subject[] {
  // One library, so that the estimators share a warm start.
  const cohort = testCohort();
  const hashOfEstimator = async (estimator: EstimatorName): Promise<string> => {
    const input = { ...shortRun, estimator, iterations: 3, evaluationInterval: 0, finalEvaluationPrompts: 1, evaluationSamples: 1 };
    return (await cohort.trainLanguageModel(input).finish()).summary.parametersSha256;
  };
  const subject = (name: string, { behavior = 1 }: { readonly behavior?: number }, hash: Subject['hash']): Subject => ({
    name,
    behavior,
    hash,
  });
  return [
    ...allAlgorithms()
      .list()
      .map((algorithm) => subject(`algorithm ${algorithm.name}`, algorithm, () => hashOfAlgorithm(algorithm.name))),
    ...standardRegistry()
      .list()
      .flatMap((spec) =>
        variantsOf(spec).map((options) => {
          const words = Object.entries(options).map(([name, value]) => ` ${name}=${Array.isArray(value) ? JSON.stringify(value) : value}`);
          return subject(`environment ${spec.id}${words}`, spec, () => hashOfEnvironment(spec, options));
        }),
      ),
    ...Object.entries(completionEstimators).map(([name, row]) =>
      subject(`estimator ${name}`, row, () => hashOfEstimator(name as EstimatorName)),
    ),
    ...Object.values(languageTasks).map((task) => subject(`task ${task.id}`, task, () => hashOfTask(task))),
  ];
}
