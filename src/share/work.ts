/**
 * What a run costs, known before it begins: a link is a stranger's, and may ask for anything.
 */
import { mistake } from '../core/errors.ts';
import { formatBytes } from '../core/text.ts';
import type { EnvSpec } from '../envs/spec.ts';
import { parameterShapes } from '../policy/spec.ts';
import type { ResolvedConfig } from '../training/config.ts';

/** What it takes to train a run again. */
export interface RunWork {
  /** Environment steps of training, those of branches at their most. Evaluations are not played again. */
  readonly steps: number;
  /** Multiplications of the networks: one pass forward for every step, and three for every step of every pass of the update. */
  readonly multiplications: number;
  /** Bytes of parameters, their optimizer, and the rollout: about what it takes of memory. */
  readonly bytes: number;
  /** Seconds on a usual machine, on one thread; within a factor of four or so. */
  readonly seconds: number;
}

/** Limits of {@link RunWork}: more is refused before anything begins. */
export type WorkLimits = Partial<Pick<RunWork, 'steps' | 'multiplications' | 'bytes'>>;

/** The limits where nobody says otherwise: ten to sixty minutes of a usual machine, and what a page may take of memory. */
export const defaultLimits: Required<WorkLimits> = { steps: 50_000_000, multiplications: 2e13, bytes: 500_000_000 };

// Half of what docs/benchmarks.md has for one thread and 64 x 64 units (GPG, CartPole-v1: 212,000 steps per second).
const multiplicationsPerSecond = 5e9;
const secondsPerStep = { light: 2e-6, heavy: 2e-5 };

/** Of a field that only some algorithms have. */
const numberOf = (config: ResolvedConfig, name: string, otherwise: number): number => {
  const value = config[name];
  return typeof value === 'number' ? value : otherwise;
};

/** Steps of one environment for each step of the rollout: its own, and at most those of the branches from it. */
function stepsPerStep(config: ResolvedConfig): number {
  if (config.branches === undefined) return 1;
  const [branches, interval, most] = [
    numberOf(config, 'branches', 0),
    numberOf(config, 'branchInterval', 1),
    numberOf(config, 'branchMaxSteps', 1),
  ];
  return 1 + (branches * most) / interval;
}

/** The work of a configuration up to the end of an iteration; `spec` is its environment. */
export function workOf(config: ResolvedConfig, spec: EnvSpec, iterations: number): RunWork {
  const batch = numberOf(config, 'numEnvs', 1) * numberOf(config, 'numSteps', 1);
  const critic = config.valueCoef !== undefined;
  const { hiddenSizes, activation } = config as ResolvedConfig & { readonly hiddenSizes: readonly number[]; readonly activation: 'tanh' };
  const { observationSpace, actionSpace, worthThreads = false } = spec;
  const shapes = [...parameterShapes({ observationSpace, actionSpace, hiddenSizes, activation, critic }).values()];
  const parameters = shapes.reduce((sum, shape) => sum + shape.reduce((product, length) => product * length, 1), 0);
  const steps = Math.ceil(iterations * batch * stepsPerStep(config));
  const passes = 3 * numberOf(config, 'updateEpochs', 1);
  const multiplications = parameters * (steps + iterations * batch * passes);
  const widest = hiddenSizes.reduce((sum, width) => sum + width, 0);
  const observation = shapes[0]?.[1] ?? 1;
  return {
    steps,
    multiplications,
    // Parameters, gradient, two moments of Adam; of every sample its observation and some ten numbers; activations of every environment.
    bytes: 16 * parameters + 4 * batch * (observation + 10) + 8 * numberOf(config, 'numEnvs', 1) * widest,
    seconds: multiplications / multiplicationsPerSecond + steps * secondsPerStep[worthThreads ? 'heavy' : 'light'],
  };
}

const counted = (count: number): string => count.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** Seconds in words: `about 5 s`, `about 3 min`, `about 2 h`. */
export function aboutSeconds(seconds: number): string {
  if (seconds < 100) return `about ${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3600)} h`;
}

/** Work in words: `819,000 environment steps, about 10 s on a usual machine`. */
export function describeWork({ steps, seconds }: RunWork): string {
  return `${counted(steps)} environment steps, ${aboutSeconds(seconds)} on a usual machine`;
}

/** Throws `CohortError` for work beyond the limits; they are those of {@link defaultLimits} where none are said. */
export function checkWork(work: RunWork, limits: WorkLimits = {}): void {
  const refuse = (name: keyof WorkLimits, expected: string, got: string): never => {
    throw mistake('link: its work', expected, got, `raise the limit if you trust who sent it: { limits: { ${name}: ${work[name]} } }`);
  };
  const most = { ...defaultLimits, ...limits };
  if (!(work.steps <= most.steps)) refuse('steps', `at most ${counted(most.steps)} environment steps`, counted(work.steps));
  if (!(work.multiplications <= most.multiplications)) {
    const expected = `at most ${most.multiplications.toPrecision(2)} multiplications of its networks`;
    refuse('multiplications', expected, work.multiplications.toPrecision(2));
  }
  if (!(work.bytes <= most.bytes)) refuse('bytes', `at most about ${formatBytes(most.bytes)} of memory`, formatBytes(work.bytes));
}
