/**
 * One step as a custom bin key sees it: the present, and the past of the same trajectory. The future is out of reach, because a baseline
 * that sees it is biased (arXiv 2510.03679, proposition 1).
 */
import { type AdvantageBatch, batchError, type Floats } from './batch.ts';

/** What a custom key returns: equal keys share a bin. A number is not the string that spells it, nor a list that holds it. */
export type BinKeyValue = number | string | readonly number[];

/** A custom bin key: any function of the step and of what came before it. */
export type BinKey = (step: BinStep) => BinKeyValue;

/** One step of a trajectory. The object is reused: read it inside the key function, do not keep it. */
export interface BinStep {
  /** Environment 0 .. N-1. */
  readonly env: number;
  /** The trajectory's number in the rollout. */
  readonly trajectory: number;
  /** Row of the rollout, 0 .. T-1 (T for the step after the last). */
  readonly row: number;
  /** Steps since the start of the trajectory inside this rollout. */
  readonly time: number;
  /** Steps since the start of the episode. */
  readonly elapsed: number;
  /** Whether the trajectory's first step is the first of its episode. */
  readonly startedByReset: boolean;
  /** (D) what the policy saw at this step. */
  readonly observation: Floats;
  /** (D) what the policy saw at step 0 .. `time` of the trajectory. */
  observationAt(time: number): Floats;
  /** (A) what the policy did at step 0 .. `time - 1` of the trajectory. */
  actionAt(time: number): Int32Array | Floats;
  /** The reward of step 0 .. `time - 1` of the trajectory. */
  rewardAt(time: number): number;
}

/** The {@link BinStep} that walks over a batch. */
export class BinStepCursor implements BinStep {
  env = 0;
  trajectory = 0;
  row = 0;
  time = 0;
  elapsed = 0;
  startedByReset = false;
  readonly #batch: AdvantageBatch;
  /** Whether the step lies after the trajectory's last, and where its observation is then. */
  #isAfter = false;
  #after: Floats | undefined;
  #offset = 0;

  constructor(batch: AdvantageBatch) {
    this.#batch = batch;
  }

  /** Goes to a step of a trajectory; for the step after its last (`isAfter`), `after` and `offset` say where its observation is. */
  moveTo(trajectory: number, row: number, isAfter = false, after?: Floats, offset = 0): void {
    const { trajectories } = this.#batch;
    this.trajectory = trajectory;
    this.env = trajectories.env[trajectory]!;
    this.row = row;
    this.time = row - trajectories.start[trajectory]!;
    this.elapsed = trajectories.elapsed[trajectory]! + this.time;
    this.startedByReset = trajectories.startedByReset[trajectory] === 1;
    this.#isAfter = isAfter;
    this.#after = after;
    this.#offset = offset;
  }

  get observation(): Floats {
    return this.observationAt(this.time);
  }

  observationAt(time: number): Floats {
    this.#guard('observationAt', time, this.time);
    const depth = this.#batch.observationSize ?? 1;
    if (this.#isAfter && time === this.time) return slice('edgeObservations', this.#after, this.#offset, depth);
    return slice('observations', this.#batch.observations, this.#step(time), depth);
  }

  actionAt(time: number): Int32Array | Floats {
    this.#guard('actionAt', time, this.time - 1);
    return slice('actions', this.#batch.actions, this.#step(time), this.#batch.actionSize ?? 1);
  }

  rewardAt(time: number): number {
    this.#guard('rewardAt', time, this.time - 1);
    return this.#batch.rewards[this.#step(time)]!;
  }

  #step(time: number): number {
    return (this.row - this.time + time) * this.#batch.numEnvs + this.env;
  }

  #guard(name: string, time: number, last: number): void {
    if (Number.isInteger(time) && time >= 0 && time <= last) return;
    throw batchError(
      `bin key: ${name}(time)`,
      last < 0 ? 'no call at the first step of a trajectory' : `a step of the trajectory's past, 0 .. ${last}`,
      String(time),
      'a bin key may look at what came before the action, at nothing later',
    );
  }
}

function slice<A extends Int32Array | Floats>(name: string, array: A | undefined, step: number, width: number): A {
  if (!array) throw batchError(`bin key: ${name}`, `a batch with ${name}`, 'none', `give batch.${name}`);
  return array.subarray(step * width, (step + 1) * width) as A;
}
