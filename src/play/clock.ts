/** How many steps of an episode are due: real time times speed, with pauses and single steps. Whoever uses it brings the time. */

/** Speeds to choose from, in multiples of real time. */
export const speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** Most steps between two pictures; beyond that the page falls behind real time instead of freezing. */
const maxSteps = 400;
/** How long the last picture of an episode stays, in milliseconds at real time. */
const endingPause = 900;

/** A clock that gives steps. */
export class Clock {
  readonly stepsPerSecond: number;
  paused = false;
  #speed = speeds.indexOf(1);
  #due = 0;
  #hold = 0;

  /** As fast, and as paused, as the one before. */
  constructor(stepsPerSecond: number, before?: Clock) {
    this.stepsPerSecond = stepsPerSecond;
    if (!before) return;
    this.paused = before.paused;
    this.#speed = before.#speed;
  }

  /** In multiples of real time. */
  get speed(): number {
    return speeds[this.#speed]!;
  }

  /** One speed up or down; whether it changed. */
  shift(by: 1 | -1): boolean {
    const next = this.#speed + by;
    if (next < 0 || next >= speeds.length) return false;
    this.#speed = next;
    return true;
  }

  /** Keeps the picture of an episode's end for a moment. */
  holdEnding(): void {
    this.#due = 0;
    this.#hold = endingPause / Math.max(this.speed, 1);
  }

  /** Forgets what is due: after a restart. */
  clear(): void {
    this.#due = 0;
    this.#hold = 0;
  }

  /** Makes one step due at once, and the next after its usual time: for who waited. */
  hurry(): void {
    this.#due = 1;
  }

  /** Steps that are due after so many milliseconds. */
  tick(milliseconds: number): number {
    if (this.paused) return 0;
    if (this.#hold > 0) {
      this.#hold -= milliseconds;
      return this.#hold > 0 ? 0 : 1;
    }
    this.#due += (milliseconds / 1000) * this.stepsPerSecond * this.speed;
    const steps = Math.floor(this.#due);
    this.#due -= steps;
    return Math.min(steps, maxSteps);
  }
}
