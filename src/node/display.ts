/**
 * `cohort-rl/display` in Node: the display of the command line, for programs.
 */
import { checkFunction, checkOptions } from '../core/arguments.ts';
import { type DisplayOptions, type RunDisplay, showRuns } from '../display/runDisplay.ts';
import { nodePlatform } from './platform.ts';
import { streamScreen } from './screen.ts';

export type { Frames, Screen } from '../core/platform.ts';
export type { DisplayOptions, RunDisplay } from '../display/runDisplay.ts';

/** A display in Node. */
export interface StreamDisplayOptions extends DisplayOptions {
  /** Where it is shown: with moving frames if it is a terminal. Default: standard error. */
  readonly stream?: NodeJS.WriteStream;
}

/**
 * Shows one run, or several seeds, while they go on: `train(config, { onEvent: createDisplay().onEvent })`, or those of a worker or another process whose
 * events arrive here. `close` it at the end. With `writeLine`, lines go there, one about every two seconds, and nothing to a stream.
 */
export function createDisplay(options: StreamDisplayOptions = {}): RunDisplay {
  checkOptions(options, 'createDisplay');
  checkFunction(options.writeLine, 'createDisplay: writeLine', 'a function of a line', 'write (line) => ..., or leave it out', true);
  const { stream = process.stderr, writeLine, screen } = options;
  return showRuns(screen ?? (writeLine ? { writeLine } : streamScreen(stream)), nodePlatform.now);
}
