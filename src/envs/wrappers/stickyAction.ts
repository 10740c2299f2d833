/** Now and then takes the action before once more, so that no sequence of actions can be learned by heart (Machado et al. 2018, section 5.2). */
import type { Action, Env, Info, Observation, ResetResult, Seed } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { describeSpace } from '../../core/space.ts';
import { type Generator, pcg64StateLength } from '../../random/index.ts';
import { createEnvGenerator } from '../seeding.ts';
import { EnvWrapper } from './envWrapper.ts';

/** Marks the entropy of the wrapper's generator: "stic" in ASCII. */
const stickyKey = 0x73746963;

/** How long an action sticks. */
export interface StickyOptions {
  /** Steps for which the action before is taken, or the fewest and the most, between which each time is drawn. Default 1. */
  readonly duration?: number | readonly [fewest: number, most: number];
}

/**
 * Takes the last action again with probability `probability`, as Gymnasium's StickyAction. Its draws come from a generator of its own, seeded with
 * `[seed, 'stic']`, so that they are independent of the environment's; Gymnasium's share the environment's generator.
 */
export class StickyAction<O extends Observation = Observation> extends EnvWrapper<O, Action> {
  readonly #probability: number;
  readonly #fewest: number;
  readonly #most: number;
  /** The action before. */
  readonly #last: Float64Array;
  /** (4) whether there is a last action, whether it sticks, for how many steps, steps so far. */
  readonly #phase: Int32Array;
  /** (10) The state of the generator. */
  readonly #draws: Uint32Array;
  readonly #generator: Generator = createEnvGenerator([0, stickyKey]);

  /** Throws {@link CohortError} unless `0 <= probability < 1`, durations are whole numbers of at least 1 in order, and actions are discrete or a box. */
  constructor(env: Env<O, Action>, probability: number, { duration = 1 }: StickyOptions = {}) {
    const [fewest, most] = typeof duration === 'number' ? [duration, duration] : duration;
    if (!(probability >= 0 && probability < 1)) {
      throw mistake('StickyAction: probability', 'a number 0 <= probability < 1', show(probability), '0.25 is usual');
    }
    if (!(Number.isSafeInteger(fewest) && Number.isSafeInteger(most) && fewest >= 1 && fewest <= most)) {
      const advice = 'leave it out for a single step';
      throw mistake('StickyAction: duration', 'a whole number of at least 1, or two in order', show(duration), advice);
    }
    const space = env.actionSpace;
    if (space.kind !== 'box' && space.kind !== 'discrete') {
      throw mistake('StickyAction', 'actions that are discrete or a box', describeSpace(space), 'leave the wrapper out');
    }
    const last = new Float64Array(space.kind === 'box' ? space.size : 1);
    const phase = new Int32Array(4);
    const draws = new Uint32Array(pcg64StateLength);
    super(env, { state: ['stickyAction', { last, phase, draws }] });
    this.#probability = probability;
    this.#fewest = fewest;
    this.#most = most;
    this.#last = last;
    this.#phase = phase;
    this.#draws = draws;
    this.#generator.getState(draws);
  }

  override reset(options?: { seed?: Seed; options?: Info }): ResetResult<O> {
    const result = super.reset(options);
    const { seed } = options ?? {};
    if (seed !== undefined) createEnvGenerator([...(typeof seed === 'object' ? seed : [seed]), stickyKey]).getState(this.#draws);
    this.#phase.fill(0);
    return result;
  }

  protected override observe(observation: O): O {
    return observation;
  }

  protected override act(action: Action): Action {
    const phase = this.#phase;
    // The array is the state, so that a state that is set is gone on from.
    this.#generator.setState(this.#draws);
    const [hasLast, isSticky] = [phase[0] === 1, phase[1] === 1];
    const again = isSticky || (hasLast && this.#generator.random() < this.#probability);
    if (again) {
      if (phase[2] === 0) phase[2] = this.#generator.integers(this.#fewest, this.#most + 1);
      phase[1] = 1;
      phase[3] = phase[3]! + 1;
      if (phase[2] === phase[3]) phase.fill(0, 1);
    } else {
      if (typeof action === 'number') this.#last[0] = action;
      else this.#last.set(action);
      phase[0] = 1;
    }
    this.#generator.getState(this.#draws);
    if (!again) return action;
    const space = this.actionSpace;
    if (space.kind === 'discrete') return this.#last[0]!;
    return space.kind === 'box' && space.dtype === 'float64' ? this.#last.slice() : Float32Array.from(this.#last);
  }
}
