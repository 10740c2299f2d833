/** The policies of the recorded BipedalWalker episodes; tools/fixtures/record_bipedal_walker.py has the same ones. */
import trained from '../fixtures/environments/bipedalwalker-policy.json' with { type: 'json' };

export type WalkerPolicy = (observation: Float32Array) => Float32Array;

const clamp = (value: number): number => Math.min(Math.max(value, -1), 1);

/** Weights times observation and bias, summed in float64 from left to right, cut to [-1, 1]. */
function linear(observation: Float32Array): Float32Array {
  return Float32Array.from(trained.weights, (weights) => {
    let total = weights[observation.length]!;
    for (const [k, value] of observation.entries()) total += weights[k]! * value;
    return clamp(total);
  });
}

// What Gymnasium's heuristic aims at: angles of hips and knees as the observation shows them.
const bent = { hip: 1.1, knee: -0.6 };
const down = { hip: 0.1, knee: 0.1 };
const softest = 0.1;
const stretched = 1;
const briskly = 0.29;

/**
 * Gymnasium's heuristic (`BipedalWalkerHeuristics`), in float64: one leg swings while the other bears, it is put down, the other pushes off,
 * and they change roles. Each joint is driven towards an angle, if it has one to aim at, and all work against a leaning and rising hull.
 */
function gait(): WalkerPolicy {
  let phase: 'swing' | 'putDown' | 'pushOff' = 'swing';
  let swinging = 0;
  let bearingKnee = softest;
  return (observation) => {
    const at = (index: number): number => observation[index]!;
    const bearing = 1 - swinging;
    const own = 4 + 5 * swinging;
    const other = 4 + 5 * bearing;
    const hips: (number | undefined)[] = [undefined, undefined];
    const knees: (number | undefined)[] = [undefined, undefined];
    const isBrisk = at(2) > briskly;
    if (phase === 'swing') {
      hips[swinging] = bent.hip;
      knees[swinging] = bent.knee;
      bearingKnee += 0.03;
      if (isBrisk) bearingKnee += 0.03;
      bearingKnee = Math.min(bearingKnee, softest);
      knees[bearing] = bearingKnee;
      if (at(other) < 0.1) phase = 'putDown';
    }
    if (phase === 'putDown') {
      hips[swinging] = down.hip;
      knees[swinging] = down.knee;
      knees[bearing] = bearingKnee;
      if (at(own + 4) !== 0) {
        phase = 'pushOff';
        bearingKnee = Math.min(at(own + 2), softest);
      }
    }
    if (phase === 'pushOff') {
      knees[swinging] = bearingKnee;
      knees[bearing] = stretched;
      if (at(other + 2) > 0.88 || at(2) > 1.2 * briskly) {
        phase = 'swing';
        swinging = bearing;
      }
    }
    const lean = 0.9 * (0 - at(0)) - 1.5 * at(1);
    return Float32Array.from({ length: 4 }, (_, joint) => {
      const leg = joint >> 1;
      const isHip = joint % 2 === 0;
      const seen = 4 + 5 * leg + (isHip ? 0 : 2);
      // An aim of 0 counts as none, there as here.
      const aim = (isHip ? hips : knees)[leg];
      const drive = aim ? (isHip ? 0.9 : 4) * (aim - at(seen)) - 0.25 * at(seen + 1) : 0;
      return clamp(0.5 * (isHip ? drive - lean : drive - 15 * at(3)));
    });
  };
}

/** Makes the policy of every episode of a sequence. */
export function walkerPolicies(name: string, seed: number): () => WalkerPolicy {
  let state = (seed + 1) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 16) / 32768 - 1;
  };
  const makers: Readonly<Record<string, () => WalkerPolicy>> = {
    random: () => () => Float32Array.from({ length: 4 }, next),
    heuristic: gait,
    trained: () => linear,
    idle: () => () => new Float32Array(4),
  };
  return makers[name]!;
}
