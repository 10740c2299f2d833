/**
 * The display that a program asks for: `train(..., { display: true })`.
 */
import { mistake } from '../core/errors.ts';
import type { RunDisplay } from '../display/runDisplay.ts';
import type { EarlierValue } from '../display/state.ts';
import type { ConfigEvent, RunEvent } from '../run/events.ts';
import { runFiles } from '../run/layout.ts';
import type { LibraryContext, RunOptions } from './context.ts';

type Listener = (event: RunEvent) => void;
type Surroundings = Pick<LibraryContext, 'platform' | 'homeOf'>;

// A longer file is left unread: the curve then begins where the run goes on.
const mostBytes = 16_000_000;

/** The lines of metrics.jsonl that a run has behind it. */
async function readEarlier(homeOf: LibraryContext['homeOf'], { runDirectory }: ConfigEvent): Promise<string[]> {
  try {
    const bytes = runDirectory === null ? undefined : await homeOf().open(runDirectory).read(runFiles.metrics, mostBytes);
    return bytes === undefined ? [] : new TextDecoder().decode(bytes).split('\n');
  } catch {
    // A curve is no reason to end a run.
    return [];
  }
}

/** A display, and the listener that tells it, and the program's own, what runs tell. Throws `CohortError` where nothing can be shown. */
export async function openRunDisplay(
  { platform: { screen, now, name }, homeOf }: Surroundings,
  onEvent: Listener | undefined,
): Promise<Pick<RunDisplay, 'close'> & { readonly listener: Listener }> {
  if (!screen) throw mistake('display', 'a platform that shows lines', name, 'leave it out, or give the platform a screen');
  // Loaded late: most programs show nothing.
  const { earlierOf, showRuns } = await import('../display/runDisplay.ts');
  const read = async (event: ConfigEvent, metric: string): Promise<EarlierValue[]> =>
    (await readEarlier(homeOf, event)).flatMap((line) => earlierOf(line, metric));
  const display = showRuns(screen, now, read);
  const listener = (event: RunEvent): void => {
    display.onEvent(event);
    onEvent?.(event);
  };
  return { listener, close: display.close };
}

/** A run with the display that its options ask for. `run` begins it with a listener. */
export async function* displayed<Iteration>(
  surroundings: Surroundings,
  { display, onEvent }: Pick<RunOptions, 'display' | 'onEvent'>,
  run: (onEvent: Listener | undefined) => AsyncGenerator<Iteration, void>,
): AsyncGenerator<Iteration, void> {
  if (!display) return yield* run(onEvent);
  const { listener, close } = await openRunDisplay(surroundings, onEvent);
  try {
    yield* run(listener);
  } finally {
    await close();
  }
}
