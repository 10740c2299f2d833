/**
 * A display that follows runs by their events alone, whoever trains them: a seed appears with its first event.
 */
import type { Screen } from '../core/platform.ts';
import type { ConfigEvent, RunEvent } from '../run/events.ts';
import { environmentLook } from './environmentLines.ts';
import { languageLook } from './languageLines.ts';
import { plainLine } from './lines.ts';
import { type Display, openDisplay } from './live.ts';
import type { Look } from './pieces.ts';
import { createSeedState, type SeedState } from './state.ts';

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
function titleOf({ road, config }: ConfigEvent, look: Look): string[] {
  const [target, method] = road === 'environments' ? [config.env, config.algorithm] : [config.task, config.estimator];
  return [String(target), String(method).toUpperCase(), ...look.sizes(config), `seed ${config.seed}`];
}

/** A display on that screen. `now`: a clock in milliseconds. */
export function showRuns(screen: Screen, now: () => number): RunDisplay {
  const seeds: SeedState[] = [];
  const title: string[] = [];
  // Opened by the first event, which says what is trained; what comes until it is open waits.
  let display: Promise<Display> | undefined;
  let opened: Display | undefined;
  let look: Look | undefined;
  let closed = false;
  const waiting: (() => void)[] = [];
  const seedOf = (event: Exclude<RunEvent, { readonly seeds: unknown }>): number =>
    seeds.findIndex(({ seed }) => seed === String(event.seed));
  const open = (event: ConfigEvent): void => {
    look = event.road === 'environments' ? environmentLook : languageLook;
    seeds.push(createSeedState(event.seed, Number(event.config.iterations), look));
    if (seeds.length > 1) title.splice(-1, 1, `${seeds.length} seeds`);
    if (display) return;
    title.push(...titleOf(event, look));
    const state = { title, runDirectory: event.runDirectory ?? 'not kept', seeds, interrupting: false };
    display = openDisplay(state, look, screen, now).then((begun) => {
      opened = begun;
      for (const show of waiting.splice(0)) show();
      return begun;
    });
  };
  return {
    onEvent(event) {
      // The joint summary of several seeds follows their own.
      if (closed || 'seeds' in event) return;
      if (event.event === 'config' && seedOf(event) < 0) open(event);
      const index = seedOf(event);
      if (index < 0) return;
      const show = (): void => {
        opened!.event(index, event);
        // Where nothing moves, no last frame shows how it ended.
        if (event.event === 'summary' && !screen.openFrames)
          screen.writeLine(`${event.status}: ${plainLine(seeds[index]!, look!, seeds.length > 1)}`);
      };
      if (opened) show();
      else waiting.push(show);
    },
    async close() {
      if (closed) return;
      closed = true;
      (await display)?.close();
    },
  };
}
