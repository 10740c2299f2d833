/** Stands where `@mujoco/mujoco` is imported by its name in the threads of a page, which find no package by its name. */
import { failure } from '../core/errors.ts';

/** Refuses to load MuJoCo. Environments then step on one thread, with the same bits. */
export default function loadNamelessMujoco(): never {
  const advice = 'call loadMujoco({ scriptUrl, wasmUrl }) of cohort-rl/envs before the first MuJoCo environment is made';
  throw failure('MuJoCo in a thread of a page', 'the address of the script of @mujoco/mujoco', 'none', advice);
}
