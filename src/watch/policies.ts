/** What the server has: its state, and policies by their address. */
import { createPolicy, decodePolicy, type Policy } from '../browser/index.ts';
import type { WatchCheckpoint, WatchSource, WatchState } from './protocol.ts';

async function get(url: string): Promise<Response> {
  const response = await fetch(url, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${url}: ${(await response.text()).trim()}`);
  return response;
}

/** What there is to watch at this moment. */
export async function fetchState(): Promise<WatchState> {
  return (await get('run.json')).json() as Promise<WatchState>;
}

/** Kept, because going to and fro between checkpoints is what the slider is for. */
const maxKept = 24;
const kept = new Map<string, Promise<Policy>>();

/** Differs from checkpoint to checkpoint, and when the file of one is written again. */
export function keyOf({ url, version }: WatchCheckpoint): string {
  return `${url} ${version}`;
}

/** The policy of a checkpoint. Sampled actions are those of the run's own evaluation. */
export function fetchPolicy(checkpoint: WatchCheckpoint, { seed, arithmetic }: WatchSource): Promise<Policy> {
  const key = keyOf(checkpoint);
  const known = kept.get(key);
  if (known) return known;
  const load = async (): Promise<Policy> => {
    const bytes = new Uint8Array(await (await get(checkpoint.url)).arrayBuffer());
    return createPolicy(decodePolicy(bytes, checkpoint.url), { seed, arithmetic });
  };
  const policy = load();
  kept.set(key, policy);
  policy.catch(() => kept.delete(key));
  const oldest = kept.keys().next().value;
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
  return policy;
}
