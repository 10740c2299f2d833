/**
 * Arguments and options that know what may stand for them: suggestions for tab completion, numbers within bounds.
 */
import { Argument, Option } from 'commander';
import type { Library } from './library.ts';
import type { Bounds } from './values.ts';

/** Values with a few words on each. */
export type Suggest = (library: Library) => readonly (readonly [value: string, description: string])[];

/** An argument with suggestions. */
export class SuggestedArgument extends Argument {
  readonly suggest: Suggest;
  constructor(name: string, description: string, suggest: Suggest) {
    super(name, description);
    this.suggest = suggest;
  }
}

/** An option with suggestions for its value. */
export class SuggestedOption extends Option {
  readonly suggest: Suggest;
  constructor(flags: string, description: string, suggest: Suggest) {
    super(flags, description);
    this.suggest = suggest;
  }
}

/** An option with a number; `answer` reads it. */
export class NumberOption extends Option {
  readonly bounds: Bounds;
  constructor(flags: string, description: string, bounds: Bounds) {
    super(flags, description);
    this.bounds = bounds;
  }
}
