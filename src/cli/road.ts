/**
 * The two roads of this package: training on environments, and training language models.
 */

/** `mdp`: environments (`train`, `eval`, ...); `lm`: language models (`lm train`, `lm eval`, ...). */
export type Road = 'mdp' | 'lm';

/** The road of a config.json or of a plan of seeds. */
export function roadOf(config: Readonly<Record<string, unknown>> | undefined): Road {
  return config?.road === 'lm' ? 'lm' : 'mdp';
}

/** The command of a road: `train`, or `lm train`. */
export function commandOf(road: Road, name: string): string[] {
  return road === 'lm' ? ['lm', name] : [name];
}
