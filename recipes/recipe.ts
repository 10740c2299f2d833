/** A named configuration for an algorithm, as an environment brings it. */
export interface EnvRecipe {
  readonly algorithm: string;
  /** `default` is used when nothing is said; `paper` follows arXiv 2510.03679; `cleanrl` and `zoo` are the settings of CleanRL and of RL Zoo. */
  readonly name: string;
  /** One line for the table of recipes. */
  readonly description: string;
  /** Fields of the configuration; flags and files come on top. */
  readonly config: Readonly<Record<string, unknown>>;
}

/** A named configuration for one environment and algorithm. */
export interface Recipe extends EnvRecipe {
  readonly env: string;
}
