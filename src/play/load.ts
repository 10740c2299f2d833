/**
 * A policy from wherever its file lies, for programs that only play.
 */
import { failure, mistake, show } from '../core/errors.ts';
import { type LayOut, layOutKernels } from '../kernels/room.ts';
import { type CreatePolicyOptions, createPolicyOf } from '../policies/create.ts';
import { decodePolicy } from '../policies/encode.ts';
import type { PolicyFile } from '../policies/policyFile.ts';
import type { Policy } from '../policy/policy.ts';

/** What holds the bytes of a policy file: a `Response` of `fetch`, a `File` that somebody chose, any `Blob`. */
export interface ByteSource {
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** Where a policy file is: its bytes, what holds them, or its address. */
export type PolicyPlace = Uint8Array | ArrayBuffer | ByteSource | string | URL;

/** The part of a `Response` that tells whether there is a file. */
interface Answer extends ByteSource {
  readonly ok: boolean;
  readonly status: number;
}

const advice = 'give the address of a policy.safetensors (`cohort-rl export <run>` makes one), or its bytes';

/** The bytes, and what errors call the file. */
async function bytesOf(place: PolicyPlace): Promise<[bytes: Uint8Array, subject: string]> {
  if (place instanceof Uint8Array) return [place, 'policy file'];
  if (place instanceof ArrayBuffer) return [new Uint8Array(place), 'policy file'];
  const isAddress = typeof place === 'string' || place instanceof URL;
  const subject = isAddress ? String(place) : 'policy file';
  const source: ByteSource = isAddress ? await answerOf(subject) : place;
  if (typeof source?.arrayBuffer !== 'function')
    throw mistake('loadPolicy', 'the bytes of a policy file, or its address', show(place), advice);
  const { ok = true, status } = source as Partial<Answer>;
  if (!ok) throw failure(subject, 'a policy file', `an answer with status ${status}`, advice);
  return [new Uint8Array(await source.arrayBuffer()), subject];
}

async function answerOf(address: string): Promise<ByteSource> {
  try {
    return await globalThis.fetch(address);
  } catch (cause) {
    throw failure(address, 'an address that answers', String(cause), advice, cause);
  }
}

/** Kernels of one thread: acting on one observation is not worth more. */
const layOut: LayOut = (layout, settings) => layOutKernels(layout, settings);

/**
 * A policy from plain data, for use; `seed` names the random numbers of sampled actions (default: the run's own). Relaxed SIMD, for `arithmetic`
 * fused, must be on.
 */
export function createPolicy(file: PolicyFile, options?: CreatePolicyOptions): Promise<Policy> {
  return createPolicyOf(file, layOut, options);
}

/**
 * The policy of a policy file, for use: `await loadPolicy('policy.safetensors')`, `await loadPolicy(await fetch(address))`, `await loadPolicy(bytes)`.
 * Everything is checked before anything is used. Throws `CohortError` (kind `failure`) where there is no file, or one that is no policy.
 */
export async function loadPolicy(place: PolicyPlace, options?: CreatePolicyOptions): Promise<Policy> {
  const [bytes, subject] = await bytesOf(place);
  return createPolicy(decodePolicy(bytes, subject), options);
}
