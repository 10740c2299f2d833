/**
 * Completions from a server, asked for prompt by prompt, a number of prompts at a time.
 */
import { whenAborted } from '../../core/aborted.ts';
import { learnerStreams, Philox } from '../../random/index.ts';
import type { EncodedPrompt, SampledTokens } from '../model/rollouts.ts';
import type { Following, SamplingRequest } from './backend.ts';

/** Prompts that are asked at the same time. */
const mostInFlight = 32;

/**
 * The seed of a prompt's completions: 30 bits, because servers add the number of the sample to it. It depends on what the draws of the kernels depend on, so that a
 * run that is taken up asks for the same.
 */
export function seedOf({ key, stream, iteration, firstRollout }: SamplingRequest, rollout: number): number {
  return new Philox(key).block(learnerStreams.servers, iteration, stream, firstRollout + rollout)[0]! >>> 2;
}

/** Asks for the completions of one prompt; the signal ends it. */
export type AskPrompt = (prompt: EncodedPrompt, seed: number, signal: AbortSignal) => Promise<readonly SampledTokens[]>;

/** The completions of all prompts, as `SamplingBackend.sample` gives them. Throws what `ask` throws, and then ends what is still asked. */
export async function askByPrompt(
  prompts: readonly EncodedPrompt[],
  request: SamplingRequest,
  { signal, onPiece }: Following,
  ask: AskPrompt,
): Promise<readonly (readonly SampledTokens[])[] | undefined> {
  const all: (readonly SampledTokens[])[] = prompts.map(() => []);
  let next = 0;
  const over = new AbortController();
  const work = async (): Promise<void> => {
    for (let p = next++; p < prompts.length && !over.signal.aborted; p = next++) {
      all[p] = await ask(prompts[p]!, seedOf(request, p * request.numSamples), over.signal);
      onPiece?.(all[p]!.length);
    }
  };
  const end = (): void => over.abort();
  const forget = whenAborted(signal, end);
  try {
    await Promise.all(Array.from({ length: Math.min(mostInFlight, prompts.length) }, work));
  } catch (error) {
    if (signal?.aborted) return undefined;
    throw error;
  } finally {
    // Where one failed, the others need not go on.
    end();
    forget();
  }
  return signal?.aborted ? undefined : all;
}
