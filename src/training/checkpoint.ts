/**
 * A run's whole state as named tensors and back: parameters, optimizer, environments, collector, rollout history, counters. What is not
 * here is a pure function of the configuration.
 */
import type { AlgorithmState } from '../algorithms/algorithm.ts';
import type { EnvState, StateArray } from '../core/env.ts';
import { CohortError, show } from '../core/errors.ts';
import type { TrainingNormalization } from '../core/observationStatistics.ts';
import type { Policy } from '../policy/policy.ts';
import type { Checkpoint } from '../run/readRun.ts';
import { type Tensor, tensor } from '../run/safetensors.ts';

/** What training itself counts. */
export interface TrainingCounters {
  readonly iteration: number;
  readonly globalStep: number;
  /** Adam steps. */
  readonly optimizerSteps: number;
  /** Seconds of training, those before a resume included. */
  readonly seconds: number;
}

const prefixes = { values: '', firstMoments: 'adam.first/', secondMoments: 'adam.second/' } as const;
type Kind = keyof typeof prefixes;

/** The policy's parameters in documented order: actor layers, critic layers, log standard deviation; weights as (out, in). */
export function parameterTensors(policy: Policy, kind: Kind = 'values'): Tensor[] {
  return policy.parameters.tensors().map(({ name, shape, get }) => tensor(`${prefixes[kind]}${name}`, get(kind), shape));
}

/** What the policy does to raw observations, as tensors; none without a normalizer. */
export function normalizerTensors({ normalizer }: Policy): Tensor[] {
  if (!normalizer) return [];
  const { mean, variance, clip } = normalizer;
  return [tensor('normalizer.mean', mean), tensor('normalizer.variance', variance), tensor('normalizer.clip', Float64Array.of(clip))];
}

/**
 * Every tensor of a checkpoint. Of an environment that cannot give its state only the statistics of normalization are kept (they are part of
 * the state otherwise); a resume then begins new episodes.
 */
export function checkpointTensors(state: AlgorithmState, normalization?: TrainingNormalization): Tensor[] {
  const env = state.env.getState();
  return [
    ...(['values', 'firstMoments', 'secondMoments'] as const).flatMap((kind) => parameterTensors(state.learner.policy, kind)),
    ...normalizerTensors(state.learner.policy),
    ...Object.entries(env ?? {}).map(([name, data]) => tensor(`env/${name}`, data)),
    ...Object.entries((!env && normalization?.arrays) || {}).map(([name, data]) => tensor(`normalization/${name}`, data)),
    tensor('collector/elapsed', state.collector.elapsed),
    ...Object.entries(state.history?.() ?? {}).map(([name, data]) => tensor(`history/${name}`, data)),
  ];
}

/** A checkpoint's metadata: the counters, and what the policy is besides its numbers. */
export function checkpointMetadata(state: AlgorithmState, counters: TrainingCounters): Record<string, string> {
  return { counters: JSON.stringify(counters), policy: state.learner.policy.describe() };
}

/** The tensor of that name, of the length expected. Throws {@link CohortError} if it is not there. */
function take(checkpoint: Checkpoint, name: string, length: number | undefined): Tensor {
  const found = checkpoint.tensors.get(name);
  if (found && (length === undefined || found.data.length === length)) return found;
  throw new CohortError({
    subject: `checkpoint: tensor ${name}`,
    expected: length === undefined ? 'to find it' : `${length} numbers`,
    got: found ? `${found.data.length}` : 'no such tensor',
    advice: 'the checkpoint is not of this run; restore the folder from a copy',
    kind: 'failure',
  });
}

/** Puts parameters from a checkpoint into a policy. */
export function restoreParameters(policy: Policy, checkpoint: Checkpoint, kind: Kind = 'values'): void {
  for (const { name, shape, set } of policy.parameters.tensors()) {
    const length = shape.reduce((product, size) => product * size, 1);
    set(kind, take(checkpoint, `${prefixes[kind]}${name}`, length).data as Float32Array);
  }
  if (kind === 'values') policy.normalizer = normalizerOf(policy, checkpoint);
}

function normalizerOf({ spec }: Policy, checkpoint: Checkpoint): Policy['normalizer'] {
  if (!checkpoint.tensors.has('normalizer.mean') || spec.observationSpace.kind !== 'box') return undefined;
  const { size } = spec.observationSpace;
  const [mean, variance] = ['mean', 'variance'].map((name) => take(checkpoint, `normalizer.${name}`, size).data as Float64Array);
  return { mean: mean!, variance: variance!, clip: take(checkpoint, 'normalizer.clip', 1).data[0] as number };
}

/** Everything under `prefix`, by the rest of its name. */
function takeAll(checkpoint: Checkpoint, prefix: string): Record<string, StateArray> {
  const found: Record<string, StateArray> = {};
  for (const [name, { data }] of checkpoint.tensors) {
    if (name.startsWith(prefix)) found[name.slice(prefix.length)] = data as StateArray;
  }
  return found;
}

/** Puts a checkpoint into a freshly made state of the same configuration, and returns its counters. */
export function restoreCheckpoint(state: AlgorithmState, checkpoint: Checkpoint, normalization?: TrainingNormalization): TrainingCounters {
  const counters = parseCounters(checkpoint.metadata.counters);
  for (const kind of ['values', 'firstMoments', 'secondMoments'] as const) restoreParameters(state.learner.policy, checkpoint, kind);
  if (state.env.getState()) {
    state.env.setState(takeAll(checkpoint, 'env/') as EnvState);
    const { elapsed } = state.collector;
    elapsed.set(take(checkpoint, 'collector/elapsed', elapsed.length).data as Int32Array);
  } else if (normalization) {
    for (const [name, array] of Object.entries(normalization.arrays)) {
      array.set(take(checkpoint, `normalization/${name}`, array.length).data as never);
    }
    normalization.restored();
  }
  for (const [name, array] of Object.entries(state.history?.() ?? {})) {
    array.set(take(checkpoint, `history/${name}`, array.length).data as never);
  }
  state.collector.globalStep = counters.globalStep;
  state.learner.optimizerSteps = counters.optimizerSteps;
  state.iteration = counters.iteration;
  return counters;
}

function parseCounters(text: string | undefined): TrainingCounters {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    value = undefined;
  }
  const counters = (value ?? {}) as Record<keyof TrainingCounters, unknown>;
  const whole = (['iteration', 'globalStep', 'optimizerSteps'] as const).every((name) => Number.isSafeInteger(counters[name]));
  if (whole && typeof counters.seconds === 'number' && counters.seconds >= 0) return counters as TrainingCounters;
  throw new CohortError({
    subject: 'checkpoint: counters',
    expected: 'iteration, globalStep, optimizerSteps and seconds',
    got: show(text),
    advice: 'the checkpoint was not written by training; restore the folder from a copy',
    kind: 'failure',
  });
}
