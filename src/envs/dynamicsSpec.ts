/** Environments of given dynamics, made by their ids. */
import { DynamicsEnv, DynamicsVectorEnv, type MakeDynamics } from './dynamics.ts';
import { type OptionTable, type OptionValues, readOptions, stepLimit } from './options.ts';
import type { EnvOptions, EnvSpec } from './spec.ts';

/**
 * The spec with its options and both makers. `options` are those of the dynamics, which `dynamicsOf` is given; `maxEpisodeSteps` is added to
 * them, by default the spec's.
 */
export function dynamicsSpec<const K extends OptionTable>(
  spec: Omit<EnvSpec, 'make' | 'makeVector' | 'options'>,
  options: K,
  dynamicsOf: (options: OptionValues<K>) => MakeDynamics | Promise<MakeDynamics>,
): EnvSpec {
  const known: OptionTable = { ...options, maxEpisodeSteps: stepLimit(spec.maxEpisodeSteps) };
  const read = async (given?: EnvOptions): Promise<[MakeDynamics, number | undefined]> => {
    const { maxEpisodeSteps, ...rest } = readOptions(spec.id, known, given);
    return [await dynamicsOf(rest as OptionValues<K>), (maxEpisodeSteps as number | undefined) ?? spec.maxEpisodeSteps];
  };
  return {
    ...spec,
    options: known,
    make: async (given) => new DynamicsEnv(...(await read(given))),
    async makeVector(numEnvs, given) {
      const [make, maxEpisodeSteps] = await read(given);
      return new DynamicsVectorEnv(make, numEnvs, maxEpisodeSteps);
    },
  };
}
