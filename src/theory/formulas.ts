/**
 * The formulas of the literature in plain loops, to compare the estimator core with: slow, and written without it. `r_i` is the return of trajectory i,
 * `R_it` its reward-to-go at step t. Every function gives (T, N) numbers, 0 where there is no step.
 */
import type { AdvantageBatch } from '../advantage/batch.ts';

/** The steps of a trajectory, as places in the arrays. */
function placesOf({ numEnvs, trajectories }: AdvantageBatch, trajectory: number): number[] {
  const { start, end, env } = trajectories;
  return Array.from({ length: end[trajectory]! - start[trajectory]! }, (_, k) => (start[trajectory]! + k) * numEnvs + env[trajectory]!);
}

/** All trajectories of a group. */
function membersOf({ trajectories, groups }: AdvantageBatch, group: number): number[] {
  return Array.from({ length: trajectories.count }, (_, i) => i).filter((i) => (groups?.[trajectories.env[i]!] ?? 0) === group);
}

const groupsOf = (batch: AdvantageBatch): number[] => Array.from({ length: batch.numGroups ?? 1 }, (_, group) => group);
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Standard deviation over n, or over n - 1. */
function deviationOf(values: readonly number[], kind: 'population' | 'sample'): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return Math.sqrt(squares / (kind === 'sample' ? values.length - 1 : values.length));
}

/** Reward-to-go, undiscounted: R_it. */
function rewardToGo(batch: AdvantageBatch): Float64Array {
  const out = new Float64Array(batch.rewards.length);
  for (let i = 0; i < batch.trajectories.count; i++) {
    let rest = 0;
    for (const place of placesOf(batch, i).reverse()) {
      rest += batch.rewards[place]!;
      out[place] = rest;
    }
  }
  return out;
}

/** Gives every step of a trajectory one number: `of` its return and the returns of its group. */
function perTrajectory(batch: AdvantageBatch, of: (own: number, all: readonly number[]) => number): Float64Array {
  const out = new Float64Array(batch.rewards.length);
  const returns = rewardToGo(batch);
  for (const group of groupsOf(batch)) {
    const members = membersOf(batch, group);
    const totals = members.map((i) => returns[placesOf(batch, i)[0]!]!);
    for (const [k, i] of members.entries()) for (const place of placesOf(batch, i)) out[place] = of(totals[k]!, totals);
  }
  return out;
}

/** REINFORCE++ (arXiv 2501.03262): R_it minus the mean and over the sample standard deviation, over all steps of the batch. */
function whitenedReturns(batch: AdvantageBatch): Float64Array {
  const returns = rewardToGo(batch);
  const out = new Float64Array(returns.length);
  const places = Array.from({ length: batch.trajectories.count }, (_, i) => placesOf(batch, i)).flat();
  const values = places.map((place) => returns[place]!);
  const [mean, deviation] = [meanOf(values), deviationOf(values, 'sample')];
  for (const place of places) out[place] = (returns[place]! - mean) / deviation;
  return out;
}

/** Outcome GRPO (arXiv 2402.03300, 4.1.2): (r_i - mean) / population standard deviation. */
const grpoOutcome = (batch: AdvantageBatch): Float64Array =>
  perTrajectory(batch, (own, all) => (own - meanOf(all)) / deviationOf(all, 'population'));

/** Dr. GRPO (arXiv 2503.20783): r_i - mean. */
const drGrpo = (batch: AdvantageBatch): Float64Array => perTrajectory(batch, (own, all) => own - meanOf(all));

/** RLOO (arXiv 2402.14740): r_i - mean of the others. */
const rloo = (batch: AdvantageBatch): Float64Array =>
  perTrajectory(batch, (own, all) => own - (all.reduce((sum, value) => sum + value, 0) - own) / (all.length - 1));

/** Process GRPO (arXiv 2402.03300, 4.1.3): the sum over u >= t of (step reward - mean) / population standard deviation, over all steps of the group. */
function grpoProcess(batch: AdvantageBatch): Float64Array {
  const out = new Float64Array(batch.rewards.length);
  for (const group of groupsOf(batch)) {
    const members = membersOf(batch, group);
    const rewards = members.flatMap((i) => placesOf(batch, i)).map((place) => batch.rewards[place]!);
    const [mean, deviation] = [meanOf(rewards), deviationOf(rewards, 'population')];
    for (const i of members) {
      let rest = 0;
      for (const place of placesOf(batch, i).reverse()) {
        rest += (batch.rewards[place]! - mean) / deviation;
        out[place] = rest;
      }
    }
  }
  return out;
}

/** REINFORCE with a time-dependent baseline (Greensmith, Bartlett and Baxter 2004): R_it - mean over the trajectories that reach step t. */
function timeBaseline(batch: AdvantageBatch): Float64Array {
  const out = new Float64Array(batch.rewards.length);
  const returns = rewardToGo(batch);
  for (const group of groupsOf(batch)) {
    const members = membersOf(batch, group).map((i) => placesOf(batch, i));
    for (let t = 0; t < batch.numSteps; t++) {
      const places = members.flatMap((own) => own[t] ?? []);
      const mean = meanOf(places.map((place) => returns[place]!));
      for (const place of places) out[place] = returns[place]! - mean;
    }
  }
  return out;
}

/** The step term of GiGPO (arXiv 2505.10978), F_norm = 1: R_it - mean over all steps of the group with the identical state. */
function gigpoStep(batch: AdvantageBatch): Float64Array {
  const out = new Float64Array(batch.rewards.length);
  const returns = rewardToGo(batch);
  for (const group of groupsOf(batch)) {
    const places = membersOf(batch, group).flatMap((i) => placesOf(batch, i));
    for (const place of places) {
      const same = places.filter((other) => batch.observations![other] === batch.observations![place]);
      out[place] = returns[place]! - meanOf(same.map((other) => returns[other]!));
    }
  }
  return out;
}

/** A bin of a finite decision process, as text. */
function binOf(batch: AdvantageBatch, bins: 'universal' | 'time' | 'state' | 'state-time', place: number): string {
  const time = Math.floor(place / batch.numEnvs);
  const state = batch.observations![place]!;
  return bins === 'universal' ? '' : bins === 'time' ? `${time}` : bins === 'state' ? `${state}` : `${state} ${time}`;
}

/** Every first visit of a trajectory to a bin: its place, and how many trajectories of its group visit the bin. */
function firstVisits(batch: AdvantageBatch, bins: 'universal' | 'time' | 'state' | 'state-time'): { step: number; count: number }[] {
  return groupsOf(batch).flatMap((group) => {
    const visits = membersOf(batch, group).map((i) => {
      const firsts = new Map<string, number>();
      for (const place of placesOf(batch, i)) if (!firsts.has(binOf(batch, bins, place))) firsts.set(binOf(batch, bins, place), place);
      return firsts;
    });
    return visits.flatMap((firsts) => [...firsts].map(([bin, step]) => ({ step, count: visits.filter((other) => other.has(bin)).length })));
  });
}

/** The formulas. */
export const reference = {
  rewardToGo,
  whitenedReturns,
  grpoOutcome,
  drGrpo,
  rloo,
  grpoProcess,
  timeBaseline,
  gigpoStep,
  firstVisits,
} as const;
