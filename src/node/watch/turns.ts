/** So many at a time: the others wait. */

/** Gives turns. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  /** `count` may have a turn at the same time. */
  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a turn; whoever has it calls what is returned, once or more often, when it is over. */
  async take(): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    let over = false;
    return () => {
      if (over) return;
      over = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    };
  }
}
