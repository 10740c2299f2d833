/** Episodes of an own environment, played again on the page at the pace of its clock: the newest first, then the last few in turn. No DOM here. */
import type { Scene } from 'cohort-rl';
import { stepsPerSecond } from 'cohort-rl/envs';
import { Clock } from 'cohort-rl/play';
import type { OwnEpisode } from './protocol.ts';

/** Episodes that are kept. */
const most = 3;

/** The episodes, and the moment that is shown. */
export class Reel {
  readonly #episodes: OwnEpisode[] = [];
  #current: OwnEpisode | undefined;
  #clock = new Clock(1);
  #step = 0;
  #isFresh = false;

  /** What is shown; `undefined` before the first episode. */
  get moment():
    | { readonly scene: Scene; readonly earlier: readonly Scene[]; readonly step: number; readonly episode: OwnEpisode }
    | undefined {
    const episode = this.#current;
    if (!episode) return undefined;
    return { scene: episode.frames[this.#step]!, earlier: episode.frames.slice(0, this.#step), step: this.#step, episode };
  }

  /** Takes an episode, which plays once the one that plays has ended. */
  add(episode: OwnEpisode): void {
    this.#episodes.push(episode);
    if (this.#episodes.length > most) this.#episodes.shift();
    this.#isFresh = true;
    if (!this.#current) this.#begin();
  }

  #begin(): void {
    const next = this.#isFresh ? this.#episodes.length - 1 : (this.#episodes.indexOf(this.#current!) + 1) % this.#episodes.length;
    this.#isFresh = false;
    this.#current = this.#episodes[next]!;
    this.#step = 0;
    this.#clock = new Clock(stepsPerSecond(this.#current.frames[0]!));
  }

  /** Does what is due after so many milliseconds; whether anything changed. */
  tick(milliseconds: number): boolean {
    if (!this.#current) return false;
    // The time of a picture can lie before that of the call that asked for it.
    const due = this.#clock.tick(Math.max(milliseconds, 0));
    if (due === 0) return false;
    const last = this.#current.frames.length - 1;
    if (this.#step >= last) this.#begin();
    else {
      this.#step = Math.min(this.#step + due, last);
      if (this.#step === last) this.#clock.holdEnding();
    }
    return true;
  }
}
