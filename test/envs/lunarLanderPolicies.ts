/** The policies of the recorded LunarLander episodes; the same ones are in tools/fixtures/record_lunar_lander.py. */
import type { LunarLanderOptions } from '../../src/envs/index.ts';

/** Keyword arguments as Gymnasium writes them. */
export interface GymnasiumOptions {
  readonly continuous?: boolean;
  readonly gravity?: number;
  readonly enable_wind?: boolean;
  readonly wind_power?: number;
  readonly turbulence_power?: number;
}

/** The same in our names. */
export function optionsOf(kwargs: GymnasiumOptions): LunarLanderOptions {
  const { continuous, gravity, enable_wind: enableWind, wind_power: windPower, turbulence_power: turbulencePower } = kwargs;
  const all = { continuous, gravity, enableWind, windPower, turbulencePower };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

export type LunarLanderAction = number | Float32Array;
export type LunarLanderPolicy = (observation: Float32Array) => LunarLanderAction;

const clamp = (value: number, bound: number): number => Math.min(Math.max(value, -bound), bound);

function heuristic(observation: Float32Array, continuous: boolean, height: number): LunarLanderAction {
  const [x, y, vx, vy, angle, spin, left, right] = observation as unknown as number[];
  const target = clamp(x! * 0.5 + vx!, 0.4);
  const hover = 0.55 * Math.abs(x!) + height;
  let turn = (target - angle!) * 0.5 - spin!;
  let climb = (hover - y!) * 0.5 - vy! * 0.5;
  if (left !== 0 || right !== 0) {
    turn = 0;
    climb = -vy! * 0.5;
  }
  if (continuous) return Float32Array.of(clamp(climb * 20 - 1, 1), clamp(-turn * 20, 1));
  if (climb > Math.abs(turn) && climb > 0.05) return 2;
  if (turn < -0.05) return 3;
  return turn > 0.05 ? 1 : 0;
}

/** The policy of that name, for one sequence of episodes. */
export function policyOf(name: string, continuous: boolean, seed: number): LunarLanderPolicy {
  let state = (seed + 1) >>> 0;
  const next = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 16;
  };
  if (name === 'random') return () => (continuous ? Float32Array.of(next() / 32768 - 1, next() / 32768 - 1) : next() % 4);
  if (name === 'heuristic') return (observation) => heuristic(observation, continuous, 0);
  if (name === 'hover') return (observation) => heuristic(observation, continuous, 0.5);
  if (name === 'spin') return () => (continuous ? Float32Array.of(0, -1) : 1);
  if (name === 'idle') return () => (continuous ? new Float32Array(2) : 0);
  throw new Error(`no policy ${name}`);
}
