/**
 * Sharing and verifying runs, bound to what a platform brings.
 */
import { isRecord } from '../core/arguments.ts';
import { failure, mistake, show } from '../core/errors.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunHome } from '../run/home.ts';
import { expectedOfLink } from './expected.ts';
import { expectedOfFolder } from './folder.ts';
import { type ReadLinkOptions, type RunLink, readRunLink } from './runLink.ts';
import { type FollowOptions, linkByTraining, RunRecorder, type TrainAgain, type Verification, verifyExpected } from './verify.ts';

/** What a platform brings: a worker that trains, and where runs are kept. */
export interface SharingPlatform {
  readonly train: TrainAgain;
  readonly home: () => Pick<RunHome, 'open'>;
}

/** A configuration to train and to share. */
export interface ShareConfig extends Readonly<Record<string, unknown>> {
  /** Id of an environment of the package. */
  readonly env: string;
}

/** How a run is verified. */
export interface VerifyOptions extends FollowOptions, ReadLinkOptions {}

/** Sharing on one platform. */
export interface Sharing {
  /**
   * Trains a run again, here, in a worker, and says whether it comes out the same: `await verifyRun(location.hash)`, `await verifyRun('runs/mine')`. What is
   * given is a link, as text or read, or the folder of a run with one seed. A link tells in which stretch of iterations the two first differ; a folder, whose
   * metrics and policies are there, tells the iteration. It ends with the first difference, or by the signal. Throws `CohortError` for a link that is
   * damaged or asks for more work than `limits` says, for a folder that holds no run, and for what no configuration describes.
   */
  verifyRun(run: string | RunLink, options?: VerifyOptions): Promise<Verification>;
  /**
   * The link of a run: of the folder of one that was trained, which trains it again for the short hashes that no folder holds, or of a configuration, which
   * trains it. `undefined` where the signal ended it. Throws `CohortError` for what no link can hold, and for a run that does not come out the same again.
   */
  shareRun(run: string | ShareConfig, options?: FollowOptions): Promise<string | undefined>;
}

const isLink = (text: string): boolean => text.includes('#run=');

/** Binds sharing to a platform. */
export function createSharing({ train, home }: SharingPlatform): Sharing {
  return {
    async verifyRun(run, { limits, ...options } = {}) {
      if (isRecord(run)) return verifyExpected(expectedOfLink(run as RunLink), train, options);
      if (typeof run !== 'string') throw mistake('verifyRun', 'a link or the folder of a run', show(run), "write for example 'runs/mine'");
      const expected = isLink(run)
        ? expectedOfLink(await readRunLink(run, { ...(limits && { limits }) }))
        : await expectedOfFolder(home().open(run));
      return verifyExpected(expected, train, options);
    },
    async shareRun(run, options = {}) {
      if (typeof run === 'string') return linkByTraining(await expectedOfFolder(home().open(run)), train, options);
      return linkOfConfig(run, train, options);
    },
  };
}

/** Trains a configuration, and gives its link. */
async function linkOfConfig(config: ShareConfig, train: TrainAgain, options: FollowOptions): Promise<string | undefined> {
  const { signal, threads, onProgress, onTraining } = options;
  let recorder: RunRecorder | undefined;
  let timeLeft = Number.POSITIVE_INFINITY;
  const hear = (event: RunEvent): void => {
    if (event.event === 'config') recorder = new RunRecorder(event.config as ConstructorParameters<typeof RunRecorder>[0]);
    if (event.event === 'iteration') timeLeft = event.timeLeft;
  };
  const training = train({ ...config, ...(threads !== undefined && { threads }) }, { ...(signal && { signal }), onEvent: hear });
  onTraining?.(training);
  try {
    for await (const result of training) {
      onProgress?.({ ...result, timeLeft });
      await recorder?.after(result, training);
    }
    const { summary } = await training.finish();
    if (summary.status === 'interrupted') return undefined;
    if (!recorder) throw failure('shareRun', 'a run that has begun', 'none', 'begin it again');
    return recorder.link(summary);
  } finally {
    await training.close();
  }
}
