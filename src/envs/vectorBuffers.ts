/** The arrays that every vector environment owns, and the checks that they share. */
import type { EnvState, Seed, VectorEnv } from '../core/env.ts';
import { mistake, show } from '../core/errors.ts';
import { createRows, type Space } from '../core/space.ts';
import { checkSeed } from './seeding.ts';

/** The arrays that a vector environment shows, by name. */
export const shownNames = [
  'observations',
  'rewards',
  'terminated',
  'truncated',
  'finalObservations',
  'episodeLengths',
  'episodeReturns',
] as const satisfies readonly (keyof VectorEnv)[];

/** Arrays of N environments, the base of every vector environment that fills its own; see `VectorEnv` for those that it shows. */
export abstract class VectorBuffers {
  readonly numEnvs: number;
  readonly observations: Float32Array | Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservations: Float32Array | Float64Array;
  readonly episodeLengths: Int32Array;
  readonly episodeReturns: Float64Array;
  /** Steps of the running episode, 0 right after an autoreset. (N) */
  protected readonly elapsed: Int32Array;
  /** Return of the running episode. (N) */
  protected readonly gathered: Float64Array;
  /** 1 after the first reset. (1) */
  protected readonly started: Uint8Array;

  /** `numEnvs` was checked by {@link checkNumEnvs}. */
  constructor(numEnvs: number, observationSpace: Space) {
    this.numEnvs = numEnvs;
    this.observations = createRows(observationSpace, numEnvs);
    this.rewards = new Float64Array(numEnvs);
    this.terminated = new Uint8Array(numEnvs);
    this.truncated = new Uint8Array(numEnvs);
    this.finalObservations = createRows(observationSpace, numEnvs);
    this.episodeLengths = new Int32Array(numEnvs);
    this.episodeReturns = new Float64Array(numEnvs);
    this.elapsed = new Int32Array(numEnvs);
    this.gathered = new Float64Array(numEnvs);
    this.started = new Uint8Array(1);
  }

  /** Everything but the observations is zero after a reset. */
  protected begin(): void {
    for (const array of Object.values(this.all())) if (array !== this.observations) array.fill(0);
    this.started[0] = 1;
  }

  /**
   * Counts the step of environment i, whose reward and `terminated` are set; `isCut`: it was truncated. Returns whether the episode ended; then
   * its final observation is to be kept and the next episode begun.
   */
  protected count(i: number, isCut: boolean): boolean {
    const length = this.elapsed[i]! + 1;
    const total = this.gathered[i]! + this.rewards[i]!;
    const ended = isCut || this.terminated[i] === 1;
    this.truncated[i] = isCut ? 1 : 0;
    this.episodeLengths[i] = length;
    this.episodeReturns[i] = total;
    this.elapsed[i] = ended ? 0 : length;
    this.gathered[i] = ended ? 0 : total;
    return ended;
  }

  /** All arrays by name, for `saveArrays` and `restoreArrays`. */
  protected all(): EnvState {
    return Object.fromEntries(
      [...shownNames, 'elapsed' as const, 'gathered' as const, 'started' as const].map((name) => [name, this[name]]),
    );
  }
}

/** Throws {@link CohortError} unless `numEnvs` is a whole number of at least 1. */
export function checkNumEnvs(numEnvs: number): void {
  if (Number.isInteger(numEnvs) && numEnvs >= 1) return;
  throw mistake('numEnvs', 'a whole number of at least 1', show(numEnvs), 'give the number of environments');
}

/** Throws {@link CohortError} unless there is one good seed per environment. */
export function checkSeeds(seeds: readonly Seed[], numEnvs: number): void {
  if (!Array.isArray(seeds) || seeds.length !== numEnvs) {
    throw mistake(
      'reset(seeds)',
      `${numEnvs} seeds, one per environment`,
      Array.isArray(seeds) ? `${seeds.length}` : show(seeds),
      'use environmentSeeds(seed, numEnvs)',
    );
  }
  for (const seed of seeds) checkSeed(seed);
}

/** Throws {@link CohortError} unless there are `entries` numbers of actions. */
export function refuseActionCount(where: string, entries: number, got: number): never {
  throw mistake(`${where}.step(actions)`, `${entries} numbers`, `${got}`, 'give one action per environment');
}
