/** Small tasks with every kind of action and observation, solved by looking; they can be restored exactly. */
import type { Action, Env, Info, Observation, Seed } from '../../src/core/env.ts';
import { box, type DictSpace, dict, discrete, multiBinary, multiDiscrete, type Space } from '../../src/core/space.ts';
import { createEnvGenerator } from '../../src/envs/index.ts';
import type { Generator } from '../../src/random/index.ts';

/** Steps of an episode. */
const length = 8;

/** Shows something random at every step, and rewards what is done about it with 0 to 1; the best return is 8. */
abstract class Task implements Env<Observation, Action> {
  abstract readonly observationSpace: Space;
  abstract readonly actionSpace: Space;
  protected generator: Generator = createEnvGenerator(0);
  /** What decides the reward of the next step. */
  protected readonly hidden: Int32Array;
  #elapsed = 0;

  constructor(entries: number) {
    this.hidden = new Int32Array(entries);
  }

  /** Draws what is hidden. */
  protected abstract draw(): void;
  protected abstract look(): Observation;
  protected abstract rewardOf(action: Action): number;
  protected info(): Info {
    return {};
  }

  reset({ seed }: { seed?: Seed } = {}): { observation: Observation; info: Info } {
    if (seed !== undefined) this.generator = createEnvGenerator(seed);
    this.#elapsed = 0;
    this.draw();
    return { observation: this.look(), info: this.info() };
  }

  step(action: Action) {
    const reward = this.rewardOf(action);
    this.draw();
    const terminated = ++this.#elapsed === length;
    return { observation: this.look(), reward, terminated, truncated: false, info: terminated ? {} : this.info() };
  }

  getState() {
    return { hidden: this.hidden.slice(), elapsed: Int32Array.of(this.#elapsed), generator: this.generator.getState() };
  }

  setState({ hidden, elapsed, generator }: ReturnType<Env['getState'] & object>): void {
    this.hidden.set(hidden!);
    this.#elapsed = elapsed![0]!;
    this.generator.setState(generator as Uint32Array);
  }
}

/** Say what is shown: a value for each of three entries, shown as their numbers. */
export class Repeat extends Task {
  readonly actionSpace = multiDiscrete([3, 2, 4], [1, 0, -2]);
  readonly observationSpace = this.actionSpace;

  constructor() {
    super(3);
  }

  protected draw(): void {
    this.hidden.set(this.actionSpace.sample(this.generator));
  }

  protected look(): Observation {
    return this.hidden.slice();
  }

  protected rewardOf(action: Action): number {
    if (!(action instanceof Int32Array) || !this.actionSpace.contains(action)) throw new Error(`not an action: ${action}`);
    return action.filter((value, k) => value === this.hidden[k]).length / 3;
  }
}

/** Press the switches whose lamps are brighter than 0. */
export class Switches extends Task {
  readonly actionSpace = multiBinary(4);
  readonly observationSpace = box(-1, 1, [4]);

  constructor() {
    super(4);
  }

  protected draw(): void {
    for (let k = 0; k < 4; k++) this.hidden[k] = this.generator.integers(-100, 100);
  }

  protected look(): Observation {
    return Float32Array.from(this.hidden, (brightness) => (brightness + 0.5) / 100);
  }

  protected rewardOf(action: Action): number {
    if (!(action instanceof Int32Array) || !this.actionSpace.contains(action)) throw new Error(`not an action: ${action}`);
    return action.filter((value, k) => value === (this.hidden[k]! >= 0 ? 1 : 0)).length / 4;
  }
}

/** Go to the goal; of what is shown only one part matters. */
export class Goal extends Task {
  readonly actionSpace = discrete(4);
  readonly observationSpace: DictSpace = dict({ position: box(-1, 1, [2]), map: dict({ goal: discrete(4), doors: multiBinary(3) }) });

  constructor() {
    super(1);
  }

  protected draw(): void {
    this.hidden[0] = this.generator.integers(0, 4);
  }

  protected look(): Observation {
    const shown = this.observationSpace.sample(this.generator) as { position: Float32Array; map: { doors: Uint8Array } };
    return { ...shown, map: { ...shown.map, goal: this.hidden[0]! } };
  }

  protected rewardOf(action: Action): number {
    return action === this.hidden[0] ? 1 : 0;
  }
}

/** Take the greatest number that is allowed: of one entry, or of two at once. */
export class Greatest extends Task {
  readonly actionSpace: Space;
  readonly observationSpace = box(0, 1, [1]);
  readonly #sizes: readonly number[];

  constructor(sizes: readonly number[] = [6]) {
    super(sizes.reduce((sum, size) => sum + size, 0));
    this.#sizes = sizes;
    this.actionSpace = sizes.length === 1 ? discrete(sizes[0]!) : multiDiscrete(sizes);
  }

  protected draw(): void {
    for (let k = 0; k < this.hidden.length; k++) this.hidden[k] = this.generator.integers(0, 2);
    let begin = 0;
    for (const size of this.#sizes) {
      this.hidden[begin + this.generator.integers(0, size)] = 1;
      begin += size;
    }
  }

  protected look(): Observation {
    return Float32Array.of(0.5);
  }

  protected override info(): Info {
    return { actionMask: Uint8Array.from(this.hidden) };
  }

  /** 1 for the greatest that is allowed, less for each that is between. */
  protected rewardOf(action: Action): number {
    const values = typeof action === 'number' ? [action] : Array.from(action);
    let begin = 0;
    let total = 0;
    for (const [head, size] of this.#sizes.entries()) {
      const value = values[head]!;
      const allowed = Array.from(this.hidden.subarray(begin, begin + size));
      if (allowed[value] !== 1) throw new Error(`not allowed: ${value} of ${allowed}`);
      total += 1 - (allowed.lastIndexOf(1) - value) / size;
      begin += size;
    }
    return total / this.#sizes.length;
  }
}
