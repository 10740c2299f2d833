/**
 * Branches: what the policy gets from where environments stand now, played aside. The environments themselves play them, N at a time, from copies of
 * their rows, and then stand again where they stood: snapshots are exact, so the rollout has the bits that it has without branches.
 */
import type { Actor } from '../core/actor.ts';
import type { EnvState } from '../core/env.ts';
import { stateRows, takeRow } from '../core/stateRows.ts';
import { stepAside } from './collect.ts';
import type { SourceContext } from './source.ts';
import { rearranged, standingOf } from './standing.ts';

/** How branches are played. */
export interface BranchSettings {
  /** Discount of their returns. */
  readonly gamma: number;
  /** A branch that has not ended after so many steps is worth what it has gathered. */
  readonly maxSteps: number;
  /** Steps of the rollout, whose random keys come first. */
  readonly numSteps: number;
}

/**
 * Whether branches of one state meet the same random numbers: `own` draws for each; `common` for all of a state, those of the environment and, after the first
 * action, those of the policy, so that they differ by their first action alone. An environment that keeps no generator by the names of `generatorWords` has common ones either way.
 */
export type BranchNoise = 'own' | 'common';

/** Where an environment stood, kept for branches that begin there later. */
export interface BranchPoint {
  readonly row: EnvState;
  /** Its number in the iteration, for random numbers. */
  readonly number: number;
}

/** A branch: where it begins, and what its random numbers of the environment are made from. */
interface Branch {
  readonly row: EnvState;
  readonly words: readonly number[];
}

/** What the first step of some branches showed: number of the branch in row 0, and how many rows. */
type FirstStep = (first: number, count: number) => void;

/** Plays branches, and counts what they cost. */
export class Branches {
  readonly #context: SourceContext;
  readonly #settings: BranchSettings;
  /** Steps taken in this iteration: random keys, beyond those of the rollout. */
  #keys = 0;
  /** Branch points of this iteration: environments' seeds. */
  #points = 0;
  /** Environment steps of branches since {@link begin}; they are in the collector's count too. */
  steps = 0;
  /** Milliseconds of the environments since {@link begin}. */
  milliseconds = 0;

  /** The environments have been reset. Throws `CohortError` where they cannot give their state. */
  constructor(context: SourceContext, settings: BranchSettings) {
    standingOf(context.env, 'branches');
    this.#context = context;
    this.#settings = settings;
  }

  /** A new iteration. */
  begin(): void {
    this.#keys = 0;
    this.#points = 0;
    this.steps = 0;
    this.milliseconds = 0;
  }

  /**
   * Plays one branch from each of `origins`, numbers of environments that may repeat, with `common` noise in the same order every N. A branch ends where its
   * episode does. Returns their discounted returns, (B). `begun` is called when up to N branches have taken their first actions: these, and what they were drawn for, are in the
   * rollout's spare arrays and edge row.
   */
  play(actor: Actor, origins: readonly number[], noise: BranchNoise, begun?: FirstStep): Float64Array {
    const { env, rollout } = this.#context;
    const state = standingOf(env, 'branches');
    const rows = new Map([...new Set(origins)].map((origin) => [origin, stateRows(state, rollout.numEnvs, origin, origin + 1)]));
    const point = this.#points++;
    const wordsOf = (origin: number, place: number) => [point, noise === 'own' ? place : origin];
    const branches = origins.map((origin, place) => ({ row: rows.get(origin)!, words: wordsOf(origin, place) }));
    return this.#play(actor, state, branches, noise, begun);
  }

  /** Where some environments stand now, for {@link playFrom}. */
  mark(origins: readonly number[]): BranchPoint[] {
    const { env, rollout } = this.#context;
    const state = standingOf(env, 'branches');
    return origins.map((origin) => ({ row: takeRow(state, rollout.numEnvs, origin), number: this.#points++ }));
  }

  /**
   * Plays `count` branches from each of `points`, with random numbers of their own; running statistics of observations and rewards are those of now. Returns
   * their discounted returns, (P * count).
   */
  playFrom(actor: Actor, points: readonly BranchPoint[], count: number): Float64Array {
    const branches = points.flatMap(({ row, number }) => Array.from({ length: count }, (_, branch) => ({ row, words: [number, branch] })));
    return this.#play(actor, standingOf(this.#context.env, 'branches'), branches, 'own');
  }

  /** N branches at a time; then the environments stand as `state` says. */
  #play(actor: Actor, state: EnvState, branches: readonly Branch[], noise: BranchNoise, begun?: FirstStep): Float64Array {
    const { env, rollout, collector, now } = this.#context;
    const { gamma, maxSteps, numSteps } = this.#settings;
    const { numEnvs } = rollout;
    const returns = new Float64Array(branches.length);
    const parts = Math.ceil(branches.length / numEnvs);
    const keys = this.#keys;
    let steps = 0;
    for (let first = 0; first < branches.length; first += numEnvs) {
      const some = branches.slice(first, first + numEnvs);
      const rows = some.map(({ row }) => row);
      env.setState(rearranged(state, numEnvs, rows, (j) => some[j]!.words));
      const open = new Uint8Array(some.length).fill(1);
      let left = some.length;
      let discount = 1;
      for (let k = 0; k < maxSteps && left > 0; k++) {
        // In every part a row is the same environment's, so that the same key is the same draw.
        const key = noise === 'common' ? keys + (k === 0 ? first / numEnvs : parts + k) : this.#keys;
        this.#keys = Math.max(this.#keys, key + 1);
        this.milliseconds += stepAside(env, actor, rollout, numSteps + key, now);
        if (k === 0) begun?.(first, some.length);
        steps += left;
        for (let j = 0; j < open.length; j++) {
          if (open[j] === 0) continue;
          returns[first + j]! += discount * env.rewards[j]!;
          if (env.terminated[j] === 0 && env.truncated[j] === 0) continue;
          open[j] = 0;
          left--;
        }
        discount *= gamma;
      }
    }
    env.setState(state);
    this.steps += steps;
    collector.globalStep += steps;
    return returns;
  }
}
