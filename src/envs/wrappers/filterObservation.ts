/** Shows some parts of a composite observation and hides the others. */
import type { Action, Env, Observation } from '../../core/env.ts';
import { mistake, show } from '../../core/errors.ts';
import { describeSpace, dict, type Space, tuple } from '../../core/space.ts';
import { EnvWrapper } from './envWrapper.ts';

type Composite = { readonly [part: string]: Observation } | readonly Observation[];

/** The space of the parts alone. */
function filteredSpace(space: Space, parts: readonly (string | number)[]): Space {
  if (space.kind !== 'dict' && space.kind !== 'tuple') {
    throw mistake(
      'FilterObservation',
      'an environment whose observations are a dict or a tuple',
      describeSpace(space),
      'leave the wrapper out',
    );
  }
  const known: readonly (string | number)[] = space.kind === 'dict' ? space.names : space.spaces.map((_, k) => k);
  const isGood =
    Array.isArray(parts) && parts.length > 0 && new Set(parts).size === parts.length && parts.every((part) => known.includes(part));
  if (!isGood) {
    throw mistake('FilterObservation: parts', `some of ${known.join(', ')}, each once`, show(parts), 'name what is to be seen');
  }
  if (space.kind === 'tuple') return tuple(parts.map((part) => space.spaces[part as number]!));
  return dict(Object.fromEntries(parts.map((part) => [part, space.spaces[part]!])));
}

/** Shows the named parts of a dict, or the numbered ones of a tuple in that order. As Gymnasium's FilterObservation. */
export class FilterObservation<A extends Action = Action> extends EnvWrapper<Composite, A> {
  readonly #parts: readonly (string | number)[];

  /** Throws {@link CohortError} unless observations are a dict or a tuple and `parts` some of its parts, each once. */
  constructor(env: Env<Composite, A>, parts: readonly (string | number)[]) {
    super(env, { observationSpace: filteredSpace(env.observationSpace, parts) });
    this.#parts = [...parts];
  }

  protected override observe(observation: Composite): Composite {
    const whole = observation as Readonly<Record<string | number, Observation>>;
    if (this.observationSpace.kind === 'tuple') return this.#parts.map((part) => whole[part]!);
    return Object.fromEntries(this.#parts.map((part) => [part, whole[part]!]));
  }
}
