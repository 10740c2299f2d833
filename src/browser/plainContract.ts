/**
 * Stands where the contract of environments is imported in the threads of a page: it sees the same breaches, and leaves the words to `checkEnv`. The
 * calling thread makes environments of the same kind first, and says of those what is wrong.
 */
import type { Breach } from '../core/arguments.ts';
import type { Env } from '../core/env.ts';
import { contains, type Misfit, type Space } from '../core/space.ts';

const breach = (part: string): Breach => ({
  part,
  expected: 'what checkEnv asks for',
  got: 'something else',
  advice: 'check the environment with checkEnv',
});
const threw =
  (part: string) =>
  (error: unknown): Breach => ({ ...breach(part), got: String(error) });

/** As in the contract. */
export const environmentBreach = (): Breach | undefined => undefined;
/** As in the contract. */
export const sharedBreach: Breach = breach('');
/** As in the contract. */
export const makingThrew = threw('');
/** As in the contract. */
export const resetThrew = threw('reset');
/** As in the contract. */
export const stepThrew = threw('step');
/** As in the contract. */
export const getStateThrew = threw('getState');
/** As in the contract. */
export const closeThrew = threw('close');
/** As in the contract. */
export const stateBreach = (): Breach | undefined => undefined;

/** As in the contract. */
export const misfitBreach = ({ got }: Misfit): Breach => ({ ...breach('observation'), got });

type Result = Readonly<Record<string, unknown>> | undefined;

/** As in the contract. */
export const resetBreach = (result: Result): Breach | undefined => (result?.observation === undefined ? breach('reset') : undefined);
/** As in the contract. */
export const stepBreach = (result: Result): Breach | undefined => (result?.observation === undefined ? breach('step') : undefined);
/** As in the contract. */
export const stepParts = [
  ({ reward, terminated, truncated }: NonNullable<Result>): Breach | undefined => {
    if (!Number.isFinite(reward)) return breach('reward');
    return typeof terminated === 'boolean' && typeof truncated === 'boolean' ? undefined : breach('terminated, truncated');
  },
];

/** As in the contract. */
export function observationBreach(space: Space, observation: unknown): Breach | undefined {
  const isSound =
    space.kind === 'box'
      ? ArrayBuffer.isView(observation) && (observation as Float32Array).length === space.size && (observation as Float32Array).every(holds)
      : contains(space, observation);
  return isSound ? undefined : breach('observation');
}

/** Whether float32 holds a number. */
function holds(entry: number): boolean {
  return Number.isFinite(Math.fround(entry));
}

/** As in the contract. */
export function closeEnvs(envs: readonly Env[]): { readonly error: unknown } | undefined {
  let failure: { readonly error: unknown } | undefined;
  for (const env of envs) {
    try {
      env.close?.();
    } catch (error) {
      failure ??= { error };
    }
  }
  return failure;
}
