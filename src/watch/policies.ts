/** What the server has: its state, and policies and curves by their address. */
import { createPolicy, decodePolicy, environmentOf, type Policy } from '../browser/index.ts';
import type { WatchCheckpoint, WatchCurve, WatchFile, WatchSource, WatchState } from './protocol.ts';

/** What the server says instead of what was asked for. */
export class Refusal extends Error {}

/** Throws {@link Refusal}, and the browser's own error where nobody answers; of another start of the command one hears as little. */
async function get(url: string): Promise<Response> {
  const response = await fetch(url, { cache: 'no-store' });
  if (response.ok) return response;
  const text = (await response.text()).trim();
  throw response.status === 403 ? new Error(text) : new Refusal(`${url}: ${text}`);
}

/** What there is to watch at this moment. */
export async function fetchState(): Promise<WatchState> {
  return (await get('run.json')).json() as Promise<WatchState>;
}

/** The learning curve of a run. */
export async function fetchCurve({ url }: WatchFile): Promise<WatchCurve> {
  return (await get(url)).json() as Promise<WatchCurve>;
}

/** Kept, because going to and fro between checkpoints is what the slider is for. */
const maxKept = 24;
const kept = new Map<string, Promise<Policy>>();

/** Differs from file to file, and when one is written again. */
export function keyOf({ url, version }: WatchFile): string {
  return `${url} ${version}`;
}

/** The policy of a checkpoint. Sampled actions are those of the run's own evaluation. Rejects with an error if it does not fit the run's environment. */
export function fetchPolicy(checkpoint: WatchCheckpoint, { env, envOptions, seed, arithmetic }: WatchSource): Promise<Policy> {
  const key = keyOf(checkpoint);
  const known = kept.get(key);
  if (known) return known;
  const load = async (): Promise<Policy> => {
    const bytes = new Uint8Array(await (await get(checkpoint.url)).arrayBuffer());
    const file = decodePolicy(bytes, checkpoint.url);
    if (file.env !== env) throw new Error(`${checkpoint.url}: a policy of ${file.env} in a run on ${env}; put the right file back`);
    await environmentOf({ ...file, envOptions: { ...file.envOptions, ...(envOptions as typeof file.envOptions) } });
    return createPolicy(file, { seed, arithmetic });
  };
  const policy = load();
  kept.set(key, policy);
  policy.catch(() => kept.delete(key));
  const oldest = kept.keys().next().value;
  if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
  return policy;
}
