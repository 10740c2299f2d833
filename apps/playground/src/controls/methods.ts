/** The methods and recipes to choose from. Loaded late, with the controls. */
import { methodOptions, methods } from 'cohort-rl/advantage?late';

/** A method to train with, by its name. */
export interface MethodChoice {
  readonly name: string;
  readonly title: string;
}

/** Every method that trains on environments: the table's rows for them, and the algorithms with a file of their own. */
export const methodChoices: readonly MethodChoice[] = Object.entries(methods)
  .filter(([, row]) => 'environments' in row || 'file' in row)
  .map(([name, { title }]) => ({ name, title }));

/** Which steps share a baseline: the names of the field `bins`. */
export const binNames: readonly string[] = methodOptions.bins;
