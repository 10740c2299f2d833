/**
 * A policy folder: `policy.safetensors`, and `policy.json` with the same description for people.
 */

import { failure, mistake } from '../core/errors.ts';
import { parseJson } from '../core/json.ts';
import { runFiles } from '../run/layout.ts';
import { maxJsonBytes, type RunStorage } from '../run/storage.ts';
import { decodePolicy, encodePolicy } from './encode.ts';
import { describePolicy, type PolicyFile, policyFiles } from './policyFile.ts';

/** Whether the folder holds a policy by itself, and not a run. */
export async function isPolicyFolder(storage: RunStorage): Promise<boolean> {
  return (await storage.size(runFiles.config)) === undefined && (await storage.size(policyFiles.tensors)) !== undefined;
}

/** Whether two JSON values say the same, in whatever order their keys stand. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

/**
 * The policy of a policy folder. policy.safetensors alone is read; if policy.json lies beside it, it must say the same.
 * Throws `CohortError` if there is no policy, or as `decodePolicy` does.
 */
export async function readPolicyFolder(storage: RunStorage): Promise<PolicyFile> {
  const where = storage.locate(policyFiles.tensors);
  const bytes = await storage.read(policyFiles.tensors);
  if (!bytes) {
    const advice = 'make one with `cohort-rl export <run>`, or from Python with tools/policies/cohort_policy.py';
    throw mistake(storage.locate(''), 'a policy folder', `a folder without ${policyFiles.tensors}, or none`, advice);
  }
  const file = decodePolicy(bytes, where);
  const text = await storage.read(policyFiles.description, maxJsonBytes);
  if (!text) return file;
  // No JSON is told below, like any other difference.
  if (sameJson(parseJson(text), describePolicy(file))) return file;
  const advice = `delete ${policyFiles.description} (the other file holds what counts), or export the policy again`;
  throw failure(storage.locate(policyFiles.description), `the description that ${policyFiles.tensors} carries`, 'another one', advice);
}

/**
 * Writes a policy folder: policy.safetensors, then policy.json with the same description for people. Throws `CohortError` if the folder
 * holds a run, or, unless `overwrite`, a policy.
 */
export async function writePolicyFolder(storage: RunStorage, file: PolicyFile, overwrite: boolean): Promise<void> {
  const held = await storage.list('');
  const taken = [runFiles.config, ...(overwrite ? [] : Object.values(policyFiles))].find((name) => held.includes(name));
  if (taken !== undefined) {
    const isRun = taken === runFiles.config;
    const got = isRun ? 'the folder of a run' : `one with ${taken}`;
    const advice = isRun ? 'choose a folder of its own' : 'choose another folder, or say that it may be replaced (--force)';
    throw failure(storage.locate(''), 'a folder without a policy', got, advice);
  }
  const bytes = encodePolicy(file);
  await storage.makeDirectory('');
  await storage.write(policyFiles.tensors, bytes);
  const text = `${JSON.stringify(describePolicy(file), null, 2)}\n`;
  await storage.write(policyFiles.description, new TextEncoder().encode(text));
}
