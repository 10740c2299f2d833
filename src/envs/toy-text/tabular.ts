/** Tasks whose rules are a table, p(s', r | s, a): one simulator for all of them. Gymnasium's toy text environments hold the same in `P`. */
import type { EnvState, Info } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete, type Space } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, MakeDynamics, StepArrays } from '../dynamics.ts';
import { uniformStart } from './starts.ts';

/** One thing that an action may lead to. */
export interface Outcome {
  readonly probability: number;
  /** The next state. */
  readonly next: number;
  readonly reward: number;
  /** Whether the episode ends so. */
  readonly terminated: boolean;
}

/** How states are shown. */
export interface StateView {
  readonly observationSpace: Space;
  /** Writes the state as the observation of environment i. */
  show(state: number, i: number, observations: StepArrays['observations']): void;
}

const numbersOf = (states: number): StateView => ({
  observationSpace: discrete(states),
  show(state, i, observations) {
    observations[i] = state;
  },
});

/** What makes such a task. States are 0, 1, 2, ..., at most 65,536 of them. */
export interface TabularTask<S extends Scene> {
  /** Speaks in errors. */
  readonly name: string;
  readonly states: number;
  readonly actionSpace: DiscreteSpace;
  /** Default: the number of the state as a discrete value. */
  readonly view?: StateView;
  /** Whether an episode may begin in `state`; all that may are as likely. */
  isStart(state: number): boolean;
  /** What an action leads to, at least one, in the order in which Gymnasium adds up their probabilities. */
  outcomes(state: number, action: number): readonly Outcome[];
  /** Whether actions that change nothing are masked. */
  readonly isMasked?: boolean;
  /** What there is to see in `state`. */
  scene(state: number): S;
}

/** The rules as arrays over `(state * actions + action) * width + k`, where k counts outcomes; what is missing to `width` is the last once more. */
class Table {
  readonly width: number;
  readonly probabilities: Float64Array;
  /** Probabilities added up along k: what Gymnasium compares a draw with. */
  readonly sums: Float64Array;
  readonly next: Uint16Array;
  readonly rewards: Float64Array;
  readonly ends: Uint8Array;
  /** (states, actions) 1 where the action may change the state. */
  readonly masks: Uint8Array;

  constructor({ states, actionSpace: { n }, outcomes }: TabularTask<Scene>) {
    const all = Array.from({ length: states * n }, (_, at) => outcomes(Math.floor(at / n), at % n));
    this.width = Math.max(...new Set(all.map(({ length }) => length)));
    const padded = all.flatMap((some) => Array.from({ length: this.width }, (_, k) => some[k] ?? some.at(-1)!));
    this.probabilities = Float64Array.from(padded, ({ probability }) => probability);
    this.sums = this.probabilities.slice();
    for (const [at, { length }] of all.entries()) {
      const first = at * this.width;
      for (let k = 1; k < this.width; k++) this.sums[first + k] = this.sums[first + k - 1]! + (k < length ? this.sums[first + k]! : 0);
    }
    this.next = Uint16Array.from(padded, ({ next }) => next);
    this.rewards = Float64Array.from(padded, ({ reward }) => reward);
    this.ends = Uint8Array.from(padded, ({ terminated }) => (terminated ? 1 : 0));
    this.masks = Uint8Array.from(all, (some, at) => (some.some(({ next }) => next !== Math.floor(at / n)) ? 1 : 0));
  }
}

/** The simulator. */
export class TabularDynamics<S extends Scene> implements Dynamics<S> {
  readonly name: string;
  readonly observationSpace: Space;
  readonly actionSpace: DiscreteSpace;
  readonly actionMasks: Uint8Array | undefined;
  /** (N) the states. */
  readonly states: Int32Array;
  readonly #task: TabularTask<S>;
  readonly #view: StateView;
  readonly #table: Table;
  readonly #drawStart: (generator: Generator) => number;
  /** Of the outcome that happened last. */
  #probability = 1;

  constructor(numEnvs: number, task: TabularTask<S>) {
    this.name = task.name;
    this.#view = task.view ?? numbersOf(task.states);
    this.observationSpace = this.#view.observationSpace;
    this.actionSpace = task.actionSpace;
    const starts = Array.from({ length: task.states }, (_, state) => state).filter(task.isStart);
    this.states = new Int32Array(numEnvs).fill(starts[0]!);
    this.actionMasks = task.isMasked ? new Uint8Array(numEnvs * task.actionSpace.n) : undefined;
    this.#task = task;
    this.#table = new Table(task);
    this.#drawStart = uniformStart(starts);
  }

  /** Puts environment i into a state and shows it. */
  place(i: number, state: number, observations: StepArrays['observations']): void {
    this.states[i] = state;
    this.#view.show(state, i, observations);
    if (this.actionMasks) this.#mask(i, this.actionMasks);
  }

  #mask(i: number, masks: Uint8Array): void {
    const { n } = this.actionSpace;
    const from = this.states[i]! * n;
    for (let k = 0; k < n; k++) masks[i * n + k] = this.#table.masks[from + k]!;
  }

  /** One draw, also where there is but one start. */
  start(i: number, generator: Generator, observations: StepArrays['observations']): void {
    this.place(i, this.#drawStart(generator), observations);
  }

  /** One draw each, also where nothing is random (Gymnasium's `categorical_sample`). */
  advance(actions: ArrayLike<number>, generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const states = this.states;
    const { n } = this.actionSpace;
    const view = this.#view;
    const table = this.#table;
    const { width, sums } = table;
    for (let i = 0; i < states.length; i++) {
      const draw = generators[i]!.random();
      const first = (states[i]! * n + actions[i]!) * width;
      let at = first;
      while (at < first + width && sums[at]! <= draw) at++;
      // A draw above all sums is the first, as NumPy's argmax has it.
      if (at === first + width) at = first;
      rewards[i] = table.rewards[at]!;
      terminated[i] = table.ends[at]!;
      this.#probability = table.probabilities[at]!;
      states[i] = table.next[at]!;
      view.show(states[i]!, i, observations);
    }
    this.restore();
  }

  rows(): EnvState {
    return { states: this.states };
  }

  /** Fills the masks, which follow from the states. */
  restore(): void {
    if (this.actionMasks) for (let i = 0; i < this.states.length; i++) this.#mask(i, this.actionMasks);
  }

  scene(i: number): S {
    return this.#task.scene(this.states[i]!);
  }

  /** Gymnasium's, whatever the number of starts. */
  resetInfo(): Info {
    return { prob: 1 };
  }

  stepInfo(): Info {
    return { prob: this.#probability };
  }
}

/** The task for `DynamicsEnv` and `DynamicsVectorEnv`, without a time limit. `info.prob` is the probability of the outcome that happened. */
export const tabular =
  <S extends Scene>(task: TabularTask<S>): MakeDynamics<S> =>
  (numEnvs) =>
    new TabularDynamics(numEnvs, task);
