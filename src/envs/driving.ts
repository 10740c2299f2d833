/**
 * How a person drives an environment with arrow keys, and what its actions are called: for pages.
 */
import type { Action } from '../core/env.ts';
import type { Space } from '../core/space.ts';
import type { EnvSpec } from './spec.ts';

/** Arrow keys that are held, newest last. */
export type Held = readonly ('up' | 'down' | 'left' | 'right')[];

/** How a person drives. */
export interface Driving {
  /** Names of the actions, where an option of the environment makes them others than the spec's. */
  readonly actionNames?: readonly string[];
  /** What the keys do, for the page. */
  readonly help: string;
  readonly keys: Held;
  /** The action for the keys that are held at a step. */
  action(held: Held, step: number): Action;
}

/** A task as the page shows it. */
export interface TaskFacts {
  /** One per action (discrete) or per number of the action (box). */
  readonly actionNames: readonly string[];
  /** Missing where a person cannot take over. */
  readonly driving?: Driving;
}

const cartPole: Driving = {
  help: 'Hold ← or → to push the cart. Without a key the pushes alternate and cancel out. It is easier when slower.',
  keys: ['left', 'right'],
  // There is no "do nothing" in CartPole.
  action: (held, step) => {
    const newest = held.findLast((key) => key === 'left' || key === 'right');
    return newest === undefined ? step % 2 : newest === 'left' ? 0 : 1;
  },
};

const landerActions = { up: 2, left: 1, right: 3, down: 0 } as const;

const lander: Driving = {
  help: '↑ main engine. ← and → the side engines: they tilt the craft to that side. One engine at a time: the newest key counts.',
  keys: ['up', 'left', 'right'],
  action: (held) => (held.length > 0 ? landerActions[held.at(-1)!] : 0),
};

const landerContinuous: Driving = {
  actionNames: ['main engine', 'side engines'],
  help: '↑ main engine at full throttle. ← and → the side engines: they tilt the craft to that side.',
  keys: ['up', 'left', 'right'],
  action: (held) => {
    const side = held.findLast((key) => key === 'left' || key === 'right');
    return Float32Array.of(held.includes('up') ? 1 : 0, side === undefined ? 0 : side === 'left' ? -1 : 1);
  },
};

/** Whom a person can drive, by the id and the kind of the action. */
const drivings: readonly (readonly [pattern: RegExp, kind: Space['kind'], driving: Driving])[] = [
  [/^CartPole-/, 'discrete', cartPole],
  [/^LunarLander/, 'discrete', lander],
  [/^LunarLander/, 'box', landerContinuous],
];

/** The facts of an environment. `actionSpace` is the environment's as it was made, options included; names are the spec's, or numbers. */
export function factsOf(spec: Pick<EnvSpec, 'id' | 'actionSpace' | 'action'>, { actionSpace }: { readonly actionSpace: Space }): TaskFacts {
  const names = namesOf(actionSpace);
  const driving = drivings.find(([pattern, kind]) => kind === actionSpace.kind && pattern.test(spec.id))?.[2];
  const described = actionSpace.kind === spec.actionSpace.kind ? spec.action?.map(({ name }) => name) : driving?.actionNames;
  const actionNames = described?.length === names.length ? described : names;
  return { actionNames, ...(driving && { driving }) };
}

/** How many values each entry of an action has; empty for a box. */
export function valueCounts(space: Space): readonly number[] {
  if (space.kind === 'discrete') return [space.n];
  if (space.kind === 'multiDiscrete') return space.nvec;
  return space.kind === 'multiBinary' ? Array.from({ length: space.n }, () => 2) : [];
}

/** Names where the environment gives none: of every value, or of every number of a box. */
function namesOf(space: Space): string[] {
  const counts = valueCounts(space);
  const several = counts.length > 1;
  if (counts.length > 0)
    return counts.flatMap((n, entry) => Array.from({ length: n }, (_, value) => `action ${several ? `${entry}: ${value}` : value}`));
  return Array.from({ length: space.kind === 'box' ? space.size : 0 }, (_, k) => `action ${k}`);
}
