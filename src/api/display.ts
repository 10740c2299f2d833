/**
 * The display that a program asks for: `train(..., { display: true })`.
 */
import { mistake } from '../core/errors.ts';
import type { Platform } from '../core/platform.ts';
import type { RunDisplay } from '../display/runDisplay.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunOptions } from './context.ts';

type Listener = (event: RunEvent) => void;

/** A display, and the listener that tells it, and the program's own, what runs tell. Throws `CohortError` where nothing can be shown. */
export async function openRunDisplay(
  { screen, now, name }: Platform,
  onEvent: Listener | undefined,
): Promise<Pick<RunDisplay, 'close'> & { readonly listener: Listener }> {
  if (!screen) throw mistake('display', 'a platform that shows lines', name, 'leave it out, or give the platform a screen');
  // Loaded late: most programs show nothing.
  const { showRuns } = await import('../display/runDisplay.ts');
  const display = showRuns(screen, now);
  const listener = (event: RunEvent): void => {
    display.onEvent(event);
    onEvent?.(event);
  };
  return { listener, close: display.close };
}

/** A run with the display that its options ask for. `run` begins it with a listener. */
export async function* displayed<Iteration>(
  platform: Platform,
  { display, onEvent }: Pick<RunOptions, 'display' | 'onEvent'>,
  run: (onEvent: Listener | undefined) => AsyncGenerator<Iteration, void>,
): AsyncGenerator<Iteration, void> {
  if (!display) return yield* run(onEvent);
  const { listener, close } = await openRunDisplay(platform, onEvent);
  try {
    yield* run(listener);
  } finally {
    await close();
  }
}
