/** A policy at play, episode after episode, at the pace of a clock; a person may take over. No DOM here. */
import { type Driving, Hand, type Held } from 'cohort-rl/envs';
import { Clock, type Env, Episode, type Policy } from 'cohort-rl/play';

/** Steps of an episode of a task without a limit of its own. */
const usualMaxSteps = 500;

/** One policy in one environment. */
export class Playing {
  readonly env: Env;
  readonly clock: Clock;
  readonly driving: Driving | undefined;
  /** Whether a person drives. */
  byHand = false;
  readonly #hand = new Hand();
  /** Whether the step that was due waits for a key. */
  #waits = false;
  /** The most probable actions instead of samples. */
  greedy = true;
  episode: Episode;
  /** Return of the last episode that ended. */
  lastReturn: number | undefined;
  #policy: Policy;
  #seed = 0;

  constructor(env: Env, policy: Policy, stepsPerSecond: number, driving?: Driving) {
    this.env = env;
    this.clock = new Clock(stepsPerSecond);
    this.driving = driving;
    this.#policy = policy;
    this.episode = this.#begin();
  }

  /** Plays from the next episode on, or at once from the start of this one. */
  use(policy: Policy, now = false): void {
    this.#policy = policy;
    if (!now) return;
    this.#seed--;
    this.episode = this.#begin();
  }

  /** Keys that are held now, newest last. */
  get held(): Held {
    return this.#hand.held;
  }

  set held(held: Held) {
    if (this.#hand.hold(held) && this.#waits) this.clock.hurry();
  }

  #begin(): Episode {
    this.clock.clear();
    return new Episode(this.#policy, this.env, { seed: this.#seed++, greedy: this.greedy, maxSteps: usualMaxSteps });
  }

  /** Does what is due after so many milliseconds; whether anything changed. */
  tick(milliseconds: number): boolean {
    const due = this.clock.tick(milliseconds);
    for (let step = 0; step < due; step++) {
      if (this.episode.isOver) {
        this.episode = this.#begin();
        return true;
      }
      const action = this.byHand && this.driving ? this.#hand.act(this.driving, this.episode.moment.step) : undefined;
      this.#waits = this.byHand && action === undefined;
      if (this.#waits) return false;
      this.episode.greedy = this.greedy;
      this.episode.advance(action);
      if (this.episode.isOver) {
        this.lastReturn = this.episode.moment.return;
        this.clock.holdEnding();
        return true;
      }
    }
    return due > 0;
  }
}
