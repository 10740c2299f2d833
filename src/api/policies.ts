/**
 * Policies of run folders and policy folders, in a program.
 */
import { failure, mistake } from '../core/errors.ts';
import type { EnvSpec } from '../envs/spec.ts';
import { type CreatePolicyOptions, createPolicyOf, usualSeed } from '../policies/create.ts';
import { checkSpaces } from '../policies/environment.ts';
import { isPolicyFolder, readPolicyFolder, writePolicyFolder } from '../policies/folder.ts';
import { listSnapshots, policyOfCheckpoint, readSnapshot } from '../policies/fromCheckpoint.ts';
import type { PolicyFile } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';
import { checkRoad, readRun } from '../run/storedRun.ts';
import { type ResolvedConfig, resolveConfig } from '../training/config.ts';
import type { LibraryContext } from './context.ts';

/** What playing needs to know of a run. */
export type PlayConfig = Pick<ResolvedConfig, 'env' | 'envOptions' | 'seed' | 'evaluationMaxSteps' | 'envSeeding' | 'arithmetic'>;

/** Policies on one platform; `cohort.ts` says what its members do. */
export type Policies = ReturnType<typeof createPolicies>;

/** Binds policies to a platform. */
export function createPolicies({ registry, algorithms, layOut, homeOf, openToRead }: LibraryContext) {
  const create = (file: PolicyFile, options?: CreatePolicyOptions): Promise<Policy> => createPolicyOf(file, layOut, options);

  /** A folder's policy as plain data, and how its run would play it. */
  const read = async (directory: string, iteration?: number): Promise<{ readonly file: PolicyFile; readonly config: PlayConfig }> => {
    const storage = openToRead(directory);
    if (await isPolicyFolder(storage)) {
      const file = await readPolicyFolder(storage);
      const { env, envOptions, source } = file;
      const { seed = usualSeed, evaluationMaxSteps } = source;
      if (iteration === undefined || iteration === source.iteration) {
        return { file, config: { env, envOptions, seed, evaluationMaxSteps, envSeeding: 'cohort', arithmetic: 'plain' } };
      }
      return refuseIteration(directory, iteration, source.iteration === undefined ? [] : [source.iteration]);
    }
    const { description, checkpoint } = await readRun(storage);
    checkRoad(description, directory, 'environments');
    const config = resolveConfig(description.config, `${directory}: config.json`, undefined, algorithms);
    const snapshot = iteration === undefined ? undefined : await readSnapshot(storage, iteration);
    if (snapshot) return { file: snapshot, config };
    if (!checkpoint) throw failure(directory, 'a run with a checkpoint', 'none yet', 'let it train for a moment, or resume it');
    const file = policyOfCheckpoint(config, checkpoint, description.versions, directory);
    if (iteration === undefined || iteration === file.source.iteration) return { file, config };
    return refuseIteration(directory, iteration, [...(await listSnapshots(storage)), file.source.iteration ?? 0]);
  };

  const load = async (directory: string, iteration?: number): Promise<{ readonly config: PlayConfig; readonly policy: Policy }> => {
    const { file, config } = await read(directory, iteration);
    return { config, policy: await create(file, config) };
  };

  return {
    create,
    read,
    load,
    loadPolicy: async (directory: string): Promise<Policy> => (await load(directory)).policy,
    readPolicy: async (directory: string, { iteration }: { readonly iteration?: number } = {}): Promise<PolicyFile> =>
      (await read(directory, iteration)).file,
    save: (directory: string, file: PolicyFile, { overwrite = false }: { readonly overwrite?: boolean } = {}): Promise<void> =>
      writePolicyFolder(homeOf().open(directory), file, overwrite),
    async environmentOf({ env: id, envOptions, spec: policy }: PolicyFile): Promise<EnvSpec | undefined> {
      const spec = registry.has(id) ? await registry.load(id) : undefined;
      // With options the spaces may be others than those registered.
      const env = spec && Object.keys(envOptions).length > 0 ? await spec.make(envOptions) : undefined;
      try {
        if (spec) checkSpaces(policy, env ?? spec, id);
      } finally {
        env?.close?.();
      }
      return spec;
    },
  };
}

function refuseIteration(directory: string, iteration: number, kept: readonly number[]): never {
  const known = [...new Set(kept)];
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'none, for the policy does not say which it has';
  const advice = 'choose one of those, or leave it out; policySnapshots says how many a run keeps';
  throw mistake(`${directory}: iteration`, expected, String(iteration), advice);
}
