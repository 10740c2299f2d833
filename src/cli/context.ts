/**
 * What a command is given when it is added to the program.
 */
import type { Command } from 'commander';
import type { Library } from './library.ts';
import type { LoadedModule } from './modules.ts';

/** The command line that is being answered. */
export interface Context {
  /** The library, where it was needed to put the commands together. */
  readonly library: Library | undefined;
  /** The modules that `--module` named, loaded. */
  readonly modules: readonly LoadedModule[];
  /** Receives the exit code of the command that ran. */
  exit(code: number): void;
}

/** Adds a command, or a group of them. */
export type AddCommand = (program: Command, context: Context) => void;
