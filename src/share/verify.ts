/**
 * A run, trained again to see whether it comes out the same; and a run, trained to be shared.
 */
import { failure, mistake } from '../core/errors.ts';
import { version } from '../core/version.ts';
import type { Policy } from '../policy/policy.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunSummary } from '../run/summary.ts';
import type { IterationResult } from '../training/trainee.ts';
import type { Difference, ExpectedRun } from './expected.ts';
import { marksOf, shortHashOf } from './marks.ts';
import { runLink, sharedConfigOf } from './runLink.ts';

/** A run in progress, as far as it is followed here: that of `trainInWorker`, or of `train`. */
export interface FollowedTraining extends AsyncIterable<IterationResult> {
  finish(): Promise<{ readonly summary: RunSummary }>;
  /** The policy after the last iteration, as a copy to act with. */
  snapshot(): Promise<Policy>;
  close(): Promise<void>;
}

/** What a platform trains with. */
export type TrainAgain = (
  config: ExpectedRun['config'],
  options: { readonly signal?: AbortSignal; readonly onEvent: (event: RunEvent) => void } & Pick<ExpectedRun, 'start'> &
    Pick<FollowOptions, 'modules'>,
) => FollowedTraining;

/** How far a training is. */
export interface TrainingProgress extends IterationResult {
  /** Seconds to go at the rate so far. */
  readonly timeLeft: number;
}

/** How to follow a training. */
export interface FollowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Threads of the training; the bits do not depend on it. Default 1. */
  readonly threads?: number | undefined;
  /** Addresses of modules that register what a run folder needs; a link needs none. */
  readonly modules?: readonly string[] | undefined;
  /** Is told of every iteration. */
  onProgress?(progress: TrainingProgress): void;
  /** Is given the training once it begins: ask its `snapshot()` for the newest policy. */
  onTraining?(training: Pick<FollowedTraining, 'snapshot'>): void;
}

/** What came of training a run again. */
export interface Verification {
  /** `interrupted` where the signal ended it before anything differed. */
  readonly outcome: 'same' | 'differs' | 'interrupted';
  /** Whether all that was to be compared is the same. */
  readonly same: boolean;
  /** Iterations that were to be trained. */
  readonly iterations: number;
  /** Iterations that were trained here. */
  readonly trained: number;
  /** SHA-256 of the parameters here; missing where the training ended before its end. */
  readonly parametersSha256?: string | undefined;
  /** What it was to be; missing for a run that has not ended. */
  readonly expectedSha256?: string | undefined;
  /** Where the two first differ. */
  readonly difference?: Difference | undefined;
  /** What was to be known before it began, in sentences: another version. */
  readonly notes: readonly string[];
}

/** Trains what is expected, without the evaluations: they change no bit of a run, but where it ends, which is known. */
function begin(expected: ExpectedRun, train: TrainAgain, options: FollowOptions, hear: (event: RunEvent) => void): FollowedTraining {
  const { config, iterations, start } = expected;
  const { signal, threads = 1, modules } = options;
  const { targetReturn: _target, ...fields } = config;
  const evaluation = { evaluationInterval: 0, finalEvaluationEpisodes: 1, evaluationMaxSteps: 1 };
  const again = { ...fields, ...evaluation, stopAfter: iterations, threads, env: config.env };
  return train(again, { ...(signal && { signal }), onEvent: hear, start, modules });
}

/** Trains a run again, and compares as it goes; ends with the first difference. Rejects with what `trainInWorker` rejects with. */
export async function verifyExpected(expected: ExpectedRun, train: TrainAgain, options: FollowOptions = {}): Promise<Verification> {
  const { iterations, parametersSha256: expectedSha256, notes } = expected;
  let [timeLeft, trained] = [Number.POSITIVE_INFINITY, 0];
  const training = begin(expected, train, options, (event) => {
    if (event.event === 'iteration')
      timeLeft = event.timeLeft * ((iterations - event.iteration) / Math.max(1, event.iterations - event.iteration));
  });
  const said = { iterations, expectedSha256, notes };
  options.onTraining?.(training);
  try {
    for await (const result of training) {
      trained = result.iteration;
      options.onProgress?.({ ...result, iterations, timeLeft: trained === iterations ? 0 : timeLeft });
      const difference = await expected.compare(result, () => training.snapshot());
      if (difference) return { ...said, outcome: 'differs', same: false, trained, difference };
    }
    const { summary } = await training.finish();
    if (summary.iterations < iterations) return { ...said, outcome: 'interrupted', same: false, trained };
    const { parametersSha256 } = summary;
    if (expectedSha256 === undefined || parametersSha256 === expectedSha256) {
      return { ...said, outcome: 'same', same: true, trained, parametersSha256 };
    }
    const from = Math.min(iterations, expected.sameUpTo() + 1);
    return {
      ...said,
      outcome: 'differs',
      same: false,
      trained,
      parametersSha256,
      difference: { from, to: iterations, what: 'the parameters' },
    };
  } finally {
    await training.close();
  }
}

/** A verification in words. */
export function describeVerification({ outcome, iterations, trained, parametersSha256, expectedSha256, difference }: Verification): string {
  if (outcome === 'interrupted') return `Interrupted after ${trained} of ${iterations} iterations; nothing differed until then.`;
  if (outcome === 'same') {
    const end = expectedSha256 === undefined ? 'as far as it has come' : `SHA-256 of the parameters ${parametersSha256}`;
    return `The same bits: ${iterations} iterations, ${end}.`;
  }
  const { from = 0, to = 0, what = '' } = difference ?? {};
  const where = from === to ? `iteration ${to}` : `iterations ${from} to ${to}`;
  return `Other bits: it first differs in ${where} of ${iterations}, by ${what}.`;
}

/** Collects, while a run trains, what a link of it needs: `await recorder.after(iteration, training)` after every iteration. */
export class RunRecorder {
  readonly #config: Readonly<Record<string, unknown>>;
  readonly #marks: ReadonlySet<number>;
  readonly #hashes: string[] = [];

  /** `config` is the resolved configuration: `training.config` of `train`, or `config` of the event of that name. */
  constructor(config: Readonly<Record<string, unknown>> & { readonly iterations: number; readonly stopAfter?: number | undefined }) {
    this.#config = config;
    this.#marks = new Set(marksOf(config));
  }

  /** Notes the policy after an iteration, if it is one of those that are noted: at most 16 of a run, the others cost nothing. Await it before the next. */
  async after({ iteration }: Pick<IterationResult, 'iteration'>, training: Pick<FollowedTraining, 'snapshot'>): Promise<void> {
    if (this.#marks.has(iteration)) this.#hashes.push(shortHashOf(await training.snapshot()));
  }

  /** The link of the run, once it has ended. Rejects with `CohortError` for a run that no link can hold; see `runLink`. */
  async link({ iterations, parametersSha256 }: Pick<RunSummary, 'iterations' | 'parametersSha256'>): Promise<string> {
    const config = sharedConfigOf(this.#config);
    return runLink({ version, config, iterations, parametersSha256, marks: this.#hashes });
  }
}

/**
 * Trains a run again to make a link of it: the folder does not hold the short hashes. Throws `CohortError` where no link can hold the run, and where it does
 * not come out the same: a link promises that.
 */
export async function linkByTraining(expected: ExpectedRun, train: TrainAgain, options: FollowOptions = {}): Promise<string | undefined> {
  const { config, iterations, start, parametersSha256 = '0'.repeat(64) } = expected;
  if (start) throw mistake('link', 'a run from random weights', 'one that began from a policy', 'share the folder of the run instead');
  const { recipe: _recipe, ...resolved } = config;
  const shared = sharedConfigOf(resolved);
  // A folder has the resolved configuration.
  const marks = marksOf(resolved as unknown as Parameters<typeof marksOf>[0]).filter((mark) => mark <= iterations);
  // Refused before the work, with hashes that mean nothing yet.
  await runLink({ version, config: shared, iterations, parametersSha256, marks: marks.map(() => '00000000') });
  const found: string[] = [];
  const compare: ExpectedRun['compare'] = async (result, snapshot) => {
    const difference = await expected.compare(result, snapshot);
    if (!difference && marks.includes(result.iteration)) found.push(shortHashOf(await snapshot()));
    return difference;
  };
  const verification = await verifyExpected({ ...expected, compare }, train, options);
  if (verification.outcome === 'interrupted') return undefined;
  if (!verification.same) {
    const advice = 'a run that was prolonged by resume, or trained by another version, is shared as a folder';
    throw failure('link', 'a run that comes out the same again', describeVerification(verification), advice);
  }
  return runLink({ version, config: shared, iterations, parametersSha256: verification.parametersSha256!, marks: found });
}
