/** The rules of use that every single environment enforces: reset first, no step after the end, actions within the space. */
import { mistake, show } from '../core/errors.ts';
import { completeSpace, contains, describeSpace, type Space } from '../core/space.ts';

/** Where an episode stands. */
export const phases: Readonly<Record<'unstarted' | 'running' | 'ended', number>> = { unstarted: 0, running: 1, ended: 2 };

/** Throws {@link CohortError}: `name.step` was called before the first reset. */
export function refuseUnstarted(name: string): never {
  throw mistake(`${name}.step`, 'reset before the first step', 'a step', 'call reset({ seed }) once, then step');
}

/** Throws {@link CohortError}: an action that is not in the space. `where` names the environment. */
export function refuseAction(where: string, space: Space, action: unknown): never {
  throw mistake(
    `${where}: action`,
    `an element of ${describeSpace(space)}${space.kind === 'discrete' ? ` (${space.start} .. ${space.start + space.n - 1})` : ''}`,
    show(action),
    'check the shape and the bounds of actionSpace',
  );
}

/** Keeps the phase of one environment. */
export class EpisodeGuard {
  /** A code of {@link phases}. */
  phase: number = phases.unstarted;
  readonly #name: string;
  readonly #actionSpace: Space;

  constructor(name: string, actionSpace: Space) {
    this.#name = name;
    this.#actionSpace = completeSpace(actionSpace, `${name}: actionSpace`);
  }

  /** A reset happened. */
  begin(): void {
    this.phase = phases.running;
  }

  /** The episode ended. */
  end(): void {
    this.phase = phases.ended;
  }

  /** Throws {@link CohortError} if a step with this action is not allowed now. */
  check(action: unknown): void {
    if (this.phase === phases.unstarted) refuseUnstarted(this.#name);
    if (this.phase === phases.ended) {
      throw mistake(`${this.#name}.step`, 'reset after the episode ended', 'a step', 'call reset() when terminated or truncated is true');
    }
    if (!contains(this.#actionSpace, action)) refuseAction(this.#name, this.#actionSpace, action);
  }
}
