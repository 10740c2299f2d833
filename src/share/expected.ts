/**
 * What a run that is trained again must give, iteration by iteration: told by a link, or by the folder of a run.
 */
import type { Policy } from '../policy/policy.ts';
import type { RunStart } from '../run/start.ts';
import type { IterationResult } from '../training/trainee.ts';
import { marksOf, shortHashOf } from './marks.ts';
import type { RunLink } from './runLink.ts';

/** Where two runs of one configuration first differ: somewhere from one iteration to another, both included; the same one where it is known. */
export interface Difference {
  /** 1 for the first iteration. */
  readonly from: number;
  readonly to: number;
  /** What differs, in a few words. */
  readonly what: string;
}

/** A run that is to come out the same again. */
export interface ExpectedRun {
  /** What to train, as `trainInWorker` takes it. */
  readonly config: Readonly<Record<string, unknown>> & { readonly env: string };
  /** What it begins from, if it is no random weights. */
  readonly start?: RunStart | undefined;
  /** Iterations to train. */
  readonly iterations: number;
  /** SHA-256 of the parameters after them; missing where the run has not ended. */
  readonly parametersSha256?: string | undefined;
  /** Sentences to be said before it begins. */
  readonly notes: readonly string[];
  /** The first iteration after the last one that was compared and is the same; what differs at the very end lies from there on. */
  readonly sameUpTo: () => number;
  /** Compares an iteration that was trained here, and where it needs that the policy after it; `undefined` for no difference. */
  compare(iteration: IterationResult, snapshot: () => Promise<Policy>): Promise<Difference | undefined>;
}

/** What a link expects. */
export function expectedOfLink(link: RunLink): ExpectedRun {
  const { config, resolved, iterations, parametersSha256, marks, notes } = link;
  const at = new Map(marksOf(resolved).map((iteration, index) => [iteration, marks[index]]));
  let same = 0;
  return {
    config: { ...config, recipe: 'none' },
    iterations,
    parametersSha256,
    notes,
    sameUpTo: () => same,
    async compare({ iteration }, snapshot) {
      const expected = at.get(iteration);
      if (expected === undefined) return undefined;
      if (shortHashOf(await snapshot()) !== expected) return { from: same + 1, to: iteration, what: 'the policy' };
      same = iteration;
      return undefined;
    },
  };
}
