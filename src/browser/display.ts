/**
 * `cohort-rl/display` in a page: the display of the command line, for programs.
 */
import { checkFunction, checkOptions } from '../core/arguments.ts';
import { type DisplayOptions, type RunDisplay, showRuns } from '../display/runDisplay.ts';
import { browserPlatform } from './platform.ts';

export type { Frames, Screen } from '../core/platform.ts';
export type { DisplayOptions, RunDisplay } from '../display/runDisplay.ts';

/**
 * Shows one run, or several seeds, while they go on: `train(config, { onEvent: createDisplay({ writeLine }).onEvent })`, or those of a worker whose events
 * arrive here. `close` it at the end. A line about every two seconds, on the console if nothing else is said; with a `screen` that takes frames, such as
 * an element of the page, the moving display.
 */
export function createDisplay(options: DisplayOptions = {}): RunDisplay {
  checkOptions(options, 'createDisplay');
  checkFunction(options.writeLine, 'createDisplay: writeLine', 'a function of a line', 'write (line) => ..., or leave it out', true);
  const { writeLine, screen } = options;
  return showRuns(screen ?? (writeLine ? { writeLine } : browserPlatform.screen!), browserPlatform.now);
}
