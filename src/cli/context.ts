/**
 * What a command is given: when it is added to the program, and when it works.
 */
import type { Command } from 'commander';
import { type Library, loadLibrary } from './library.ts';
import type { LoadedModule } from './modules.ts';
import { NumberOption } from './options.ts';
import { type Paint, paintFor, wantsColor } from './terminal.ts';
import { parseNumber } from './values.ts';

/** The command line that is being answered. */
export interface Context {
  /** The library, where it was needed to put the commands together. */
  readonly library: Library | undefined;
  /** The modules that `--module` named, loaded. */
  readonly modules: readonly LoadedModule[];
  /** Receives the exit code of the command that ran, where it is not 0. */
  exit(code: number): void;
}

/** What a command works with. */
export interface Tools extends Context {
  readonly library: Library;
  /** For standard output. */
  readonly paint: Paint;
}

/** Adds a command, or a group of them. */
export type AddCommand = (program: Command, context: Context) => void;

/**
 * The action of a command with one argument: loads the library, reads the numbers among the flags, and does the work. It throws `CohortError` for a
 * flag that is no number within its bounds.
 */
export function answer<Target extends string | readonly string[] | undefined, Flags extends object>(
  context: Context,
  work: (target: Target, flags: Flags, tools: Tools) => Promise<void>,
): (target: Target, flags: Flags, self: Command) => Promise<void> {
  return async (target, said, self) => {
    const library = await loadLibrary();
    const flags: Record<string, unknown> = Object.fromEntries(Object.entries(said));
    for (const option of self.options) {
      const name = option.attributeName();
      if (option instanceof NumberOption && typeof flags[name] === 'string') {
        flags[name] = parseNumber(option.long!, flags[name], option.bounds, library);
      }
    }
    await work(target, flags as Flags, { ...context, library, paint: paintFor(wantsColor(process.stdout)) });
  };
}
