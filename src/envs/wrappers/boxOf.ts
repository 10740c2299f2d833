/** What several wrappers ask of a space. */
import { mistake } from '../../core/errors.ts';
import { type BoxSpace, describeSpace, type Space } from '../../core/space.ts';

/** The space as a box. Throws {@link CohortError}, in the name of a wrapper, if it is none. `what` is `observation` or `action`. */
export function boxOf(name: string, what: 'observation' | 'action', space: Space): BoxSpace {
  if (space.kind === 'box') return space;
  const advice = what === 'action' ? 'leave the wrapper out' : 'put OneHot or FlattenObservation around it first';
  throw mistake(name, `an environment whose ${what}s are a box`, describeSpace(space), advice);
}

/** The box, whose bounds are all finite. Throws {@link CohortError} if one is not. */
export function finiteBoxOf(name: string, what: 'observation' | 'action', space: Space): BoxSpace {
  const found = boxOf(name, what, space);
  const wrong = found.low.findIndex((low, k) => !Number.isFinite(found.high[k]! - low));
  if (wrong < 0) return found;
  const got = `${found.low[wrong]} .. ${found.high[wrong]} at entry ${wrong}`;
  throw mistake(name, `an environment whose ${what}s are a box with finite bounds`, got, `give the ${what}s bounds`);
}
