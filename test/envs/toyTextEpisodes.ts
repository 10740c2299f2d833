/** Plays the groups of tools/fixtures/record_toy_text.py here, and hashes them as it does. */
import type { Env } from '../../src/core/env.ts';
import { makeEnv } from '../../src/envs/index.ts';
import { Sha256 } from '../../src/run/sha256.ts';

/** What Gymnasium calls options. */
export type Kwargs = Readonly<Record<string, unknown>>;

/** 1,000 episodes with the same options and policy. */
export interface RecordedGroup {
  readonly id: string;
  readonly kwargs: Kwargs;
  readonly policy: string;
  /** Episodes of each sequence. */
  readonly episodes: number;
  readonly sequences: readonly { readonly seed: number; readonly steps: number; readonly sha256: string }[];
}

/** First observations: a reset with the seed and two without. */
export interface RecordedResets {
  readonly id: string;
  readonly kwargs: Kwargs;
  readonly resets: readonly { readonly seed: string; readonly observations: readonly unknown[]; readonly generator: string }[];
}

/** The options by our names. */
export function optionsOf(kwargs: Kwargs): Record<string, unknown> {
  const camelCase = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(kwargs).map(([name, value]) => [camelCase(name), value]));
}

interface Seen {
  readonly observation: number | readonly number[];
  readonly info: Readonly<Record<string, unknown>>;
}

/** Numbers 0 .. 65535, those of `lcg` of tools/fixtures/common.py. */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
}

/** The policy `errand` of Taxi. */
function errand({ observation, info }: Seen, draw: () => number): number {
  const places = [0, 4, 20, 23];
  const state = observation as number;
  const [cell, passenger, destination] = [Math.floor(state / 20), (state >> 2) % 5, state & 3];
  if (passenger < 4 && places[passenger] === cell) return 4;
  if (passenger === 4 && places[destination] === cell) return 5;
  const ways = [0, 1, 2, 3].filter((k) => (info.actionMask as Uint8Array)[k] === 1);
  return ways[draw() % ways.length]!;
}

function policyOf(name: string, actions: number, seed: number): (seen: Seen) => number {
  const draw = stream(seed + 1);
  if (name === 'random') return () => draw() % actions;
  if (name === 'onward') return () => 1 + (draw() % 2);
  if (name === 'errand') return (seen) => errand(seen, draw);
  return ({ observation }) => ((observation as readonly number[])[0]! < 17 ? 1 : 0);
}

/** Plays one episode into the hash; returns its length. */
function play(env: Env, seed: number | undefined, act: (seen: Seen) => number, sha: Sha256): number {
  const observations: number[] = [];
  const [rewards, terminals, truncations, probabilities, masks]: number[][] = [[], [], [], [], []] as const;
  const keep = ({ observation, info }: Seen): void => {
    observations.push(...(typeof observation === 'number' ? [observation] : observation));
    if ('prob' in info) probabilities!.push(info.prob as number);
    if ('actionMask' in info) masks!.push(...(info.actionMask as Uint8Array));
  };
  let seen = env.reset(seed === undefined ? {} : { seed }) as Seen;
  keep(seen);
  for (let ended = false; !ended; ) {
    const result = env.step(act(seen));
    seen = result as unknown as Seen;
    keep(seen);
    rewards!.push(result.reward);
    terminals!.push(result.terminated ? 1 : 0);
    truncations!.push(result.truncated ? 1 : 0);
    ended = result.terminated || result.truncated;
  }
  sha.update(Int32Array.from(observations)).update(Float64Array.from(rewards!));
  sha.update(Uint8Array.from(terminals!)).update(Uint8Array.from(truncations!));
  sha.update(Float64Array.from(probabilities!)).update(Uint8Array.from(masks!));
  return rewards!.length;
}

/** The sequences of a group as this package plays them, with hashes like the recorded ones. */
export async function playGroup({ id, kwargs, policy, episodes, sequences }: RecordedGroup): Promise<RecordedGroup['sequences']> {
  const env = await makeEnv<string>(id, optionsOf(kwargs));
  return sequences.map(({ seed }) => {
    const act = policyOf(policy, (env.actionSpace as { n: number }).n, seed);
    const sha = new Sha256();
    let steps = 0;
    for (let k = 0; k < episodes; k++) steps += play(env, k === 0 ? seed : undefined, act, sha);
    return { seed, steps, sha256: sha.hex() };
  });
}

/** First observations and the generator's state after them, as they are recorded. */
export async function playResets({ id, kwargs, resets }: RecordedResets): Promise<RecordedResets['resets']> {
  const env = await makeEnv<string>(id, optionsOf(kwargs));
  return resets.map(({ seed }) => {
    const observations = [0, 1, 2].map((k) => env.reset(k === 0 ? { seed: BigInt(seed) } : {}).observation);
    const words = Array.from(env.getState!().generator!, BigInt);
    return { seed, observations, generator: String(words[0]! | (words[1]! << 32n) | (words[2]! << 64n) | (words[3]! << 96n)) };
  });
}
