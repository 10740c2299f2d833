/**
 * A display that follows runs by their events alone, whoever trains them: a seed appears with its first event.
 */
import type { Screen } from '../core/platform.ts';
import type { ConfigEvent, RunEvent } from '../run/events.ts';
import { methodOf, targetOf } from '../run/target.ts';
import { environmentLook } from './environmentLines.ts';
import { languageLook } from './languageLines.ts';
import { plainLine } from './lines.ts';
import { type Display, openDisplay } from './live.ts';
import type { Look } from './pieces.ts';
import { createSeedState, type EarlierValue, type SeedState } from './state.ts';

export { earlierOf } from './earlier.ts';

/** Shows runs while they go on. */
export interface RunDisplay {
  /** Takes an event of a run, as `onEvent` gives it. */
  onEvent(event: RunEvent): void;
  /** Shows the last state and lets go of the screen; events that come later are not shown. */
  close(): Promise<void>;
}

/** Where a display writes; by default the screen of its platform. */
export interface DisplayOptions {
  /** Takes the lines. */
  readonly writeLine?: (line: string) => void;
  /** A screen of your own, with frames where it has them. */
  readonly screen?: Screen;
}

/** The words of the header. */
function titleOf(event: ConfigEvent, look: Look): string[] {
  return [targetOf(event), methodOf(event).toUpperCase(), ...look.sizes(event.config), `seed ${event.seed}`];
}

/** What a run that goes on had done before, for its curve: the values of that metric. */
export type ReadEarlier = (event: ConfigEvent, metric: string) => Promise<readonly EarlierValue[]>;

/** A display on that screen. `now`: a clock in milliseconds. Without `earlier`, the curve of a run that goes on begins there. */
export function showRuns(screen: Screen, now: () => number, earlier?: ReadEarlier): RunDisplay {
  const seeds: SeedState[] = [];
  const title: string[] = [];
  let display: Display | undefined;
  let look: Look = environmentLook;
  let closed = false;
  // Opening takes a while; what comes until then waits its turn.
  let last: Promise<void> = Promise.resolve();

  /** A seed of which the first event says what is trained. */
  const begin = async (event: ConfigEvent): Promise<void> => {
    look = event.road === 'environments' ? environmentLook : languageLook;
    const before = event.resumed && screen.openFrames ? await earlier?.(event, look.followed) : undefined;
    seeds.push(createSeedState(event.seed, Number(event.config.iterations), look, before));
    if (seeds.length > 1) title.splice(-1, 1, `${seeds.length} seeds`);
    else title.push(...titleOf(event, look));
    display ??= await openDisplay({ title, runDirectory: event.runDirectory ?? 'not kept', seeds, interrupting: false }, look, screen, now);
  };
  const show = async (event: Exclude<RunEvent, { readonly seeds: unknown }>): Promise<void> => {
    const indexOf = (): number => seeds.findIndex(({ seed }) => seed === String(event.seed));
    if (event.event === 'config' && indexOf() < 0) await begin(event);
    const index = indexOf();
    if (index < 0) return;
    display?.event(index, event);
    // Where nothing moves, no last frame shows how it ended.
    if (event.event !== 'summary' || screen.openFrames) return;
    screen.writeLine(`${event.status}: ${plainLine(seeds[index]!, look, seeds.length > 1)}`);
  };
  return {
    onEvent(event) {
      // The joint summary of several seeds follows their own.
      if (closed || 'seeds' in event) return;
      last = last.then(() => show(event));
      // Told by `close`.
      last.catch(() => undefined);
    },
    async close() {
      if (closed) return;
      closed = true;
      await last;
      display?.close();
    },
  };
}
