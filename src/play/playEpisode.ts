/**
 * Episodes moment by moment, for eyes: what `record` makes pictures of.
 */
import { checkRecord } from '../core/arguments.ts';
import type { Env } from '../core/env.ts';
import { mistake } from '../core/errors.ts';
import type { Scene } from '../core/scene.ts';
import type { Policy } from '../policy/policy.ts';
import { Episode, type Moment, type PlayOptions } from './episode.ts';

/** One moment of an episode, with what can be seen. */
export interface EpisodeMoment extends Moment {
  readonly scene: Scene;
}

/**
 * Plays one episode and gives every moment with its scene, the one after the reset first: the generator waits between steps, so the caller
 * sets the pace. With the seed and the index of an evaluation episode it is that very episode. Actions are greedy by default. Throws
 * `CohortError` if the environment has no `scene`.
 */
export function* playEpisode(policy: Policy, env: Env, options: PlayOptions = {}): Generator<EpisodeMoment, void, void> {
  checkRecord(policy, 'playEpisode', 'a policy', 'pass what loadPolicy gave');
  checkRecord(env, 'playEpisode', 'an environment', 'pass what makeEnv gave');
  if (!env.scene) {
    const advice = 'add scene() to the environment; `drawScene` knows the kinds of scene that have a drawing';
    throw mistake('playEpisode', 'an environment that can be drawn (it has a `scene` function)', 'one without', advice);
  }
  const episode = new Episode(policy, env, options);
  yield { scene: env.scene(), ...episode.moment };
  while (!episode.isOver) {
    episode.advance();
    yield { scene: env.scene(), ...episode.moment };
  }
}
