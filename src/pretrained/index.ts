/**
 * The trained policies that come with the package, for programs that only play, in Node and in pages: each is loaded when it is asked for.
 */
import { mistake, show, suggest } from '../core/errors.ts';
import { createPolicy } from '../play/load.ts';
import type { CreatePolicyOptions } from '../policies/create.ts';
import { decodePolicy } from '../policies/encode.ts';
import type { PretrainedPolicy } from '../policies/pretrained.ts';
import type { Policy } from '../policy/policy.ts';
import { files, list } from './generated.ts';

export type { PretrainedPolicy } from '../policies/pretrained.ts';

/** What there is, and what is known of each: method, command, seed, evaluation over 100 episodes. */
export const pretrainedPolicies: readonly PretrainedPolicy[] = list;

/** The bytes of a policy file that comes with the package. Throws `CohortError` for a name that is not one of {@link pretrainedPolicies}. */
export async function pretrainedFile(name: string): Promise<Uint8Array> {
  const load = Object.hasOwn(files, name) ? files[name] : undefined;
  if (!load) {
    const names = list.map((policy) => policy.name);
    throw mistake('pretrainedFile', 'the name of a policy that comes with the package', show(name), suggest(String(name), names));
  }
  const { file } = await load();
  return Uint8Array.from(atob(file), (character) => character.charCodeAt(0));
}

/** A policy that comes with the package, for use: `await loadPretrained('LunarLander-v3')`. Throws as {@link pretrainedFile} does. */
export async function loadPretrained(name: string, options?: CreatePolicyOptions): Promise<Policy> {
  return createPolicy(decodePolicy(await pretrainedFile(name), name), options);
}
