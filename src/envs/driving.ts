/**
 * How a person drives an environment with arrow keys, and what its actions are called: for pages.
 */
import type { Action } from '../core/env.ts';
import type { Space } from '../core/space.ts';
import type { EnvSpec } from './spec.ts';

/** A key that drives, or a button that stands for it. */
export type DrivingKey = 'up' | 'down' | 'left' | 'right' | 'a' | 'b';

/** Keys that are held, newest last. */
export type Held = readonly DrivingKey[];

/** What stands on the button of each key. */
export const keySigns: Readonly<Record<DrivingKey, string>> = { up: '↑', down: '↓', left: '←', right: '→', a: 'A', b: 'B' };

/** The key that drives by the name that a keyboard event gives it (`KeyboardEvent.key`), `undefined` for all others. */
export function drivingKey(name: string): DrivingKey | undefined {
  const key = name.replace(/^Arrow/, '').toLowerCase();
  return Object.hasOwn(keySigns, key) ? (key as DrivingKey) : undefined;
}

/** How a person drives. */
export interface Driving {
  /** Names of the actions, where an option of the environment makes them others than the spec's. */
  readonly actionNames?: readonly string[];
  /** What the keys do, for the page. */
  readonly help: string;
  readonly keys: Held;
  /** The action for the keys that are held at a step; `undefined` where the environment waits for a key: games of moves. */
  action(held: Held, step: number): Action | undefined;
}

/** The keys under a person's fingers. A key that was let go again before the next step counts for that step. */
export class Hand {
  #held: Held = [];
  #tapped: Held = [];

  /** Keys that are held, newest last. */
  get held(): Held {
    return this.#held;
  }

  /** Another set of keys is held from now on. Whether one was pressed, not let go. */
  hold(held: Held): boolean {
    const pressed = held.length > this.#held.length;
    this.#held = held;
    if (pressed) this.#tapped = held;
    return pressed;
  }

  /** The action of the step that is due, `undefined` if that waits for a key. */
  act(driving: Driving, step: number): Action | undefined {
    const keys = this.#held.length > 0 ? this.#held : this.#tapped;
    this.#tapped = [];
    return driving.action(keys, step);
  }
}

/** A task as the page shows it. */
export interface TaskFacts {
  /** One per action (discrete) or per number of the action (box). */
  readonly actionNames: readonly string[];
  /** Missing where a person cannot take over. */
  readonly driving?: Driving;
}

/** The newest of some keys that is held. */
const newestOf = (held: Held, ...keys: Held): DrivingKey | undefined => held.findLast((key) => keys.includes(key));

/** -1, 0 or 1: whether the first or the second key is held. */
function signOf(held: Held, low: DrivingKey, high: DrivingKey): number {
  const newest = newestOf(held, low, high);
  return newest === undefined ? 0 : newest === low ? -1 : 1;
}

/** A world that goes on: the newest key has its action, no key has the one that does nothing. */
function acting(actions: Partial<Record<DrivingKey, number>>, idle: number, help: string): Driving {
  const keys = Object.keys(actions) as DrivingKey[];
  return {
    help,
    keys,
    action: (held) => actions[newestOf(held, ...keys)!] ?? idle,
  };
}

/** A game of moves: nothing happens until a key is pressed. */
function moving(actions: Partial<Record<DrivingKey, number>>, help: string): Driving {
  const keys = Object.keys(actions) as DrivingKey[];
  return { help, keys, action: (held) => actions[newestOf(held, ...keys)!] };
}

/** Numbers of a box: for each the keys that make it low and high, and how far from 0. */
function pulling(pairs: readonly (readonly [low: DrivingKey, high: DrivingKey])[], strength: number, help: string): Driving {
  return { help, keys: pairs.flat(), action: (held) => Float32Array.from(pairs, ([low, high]) => strength * signOf(held, low, high)) };
}

const leftRight = [['left', 'right']] as const;

const cartPole: Driving = {
  help: 'Hold ← or → to push the cart. Without a key the pushes alternate and cancel out. It is easier when slower.',
  keys: ['left', 'right'],
  // There is no "do nothing" in CartPole.
  action: (held, step) => {
    const side = signOf(held, 'left', 'right');
    return side === 0 ? step % 2 : side < 0 ? 0 : 1;
  },
};

const landerContinuous: Driving = {
  actionNames: ['main engine', 'side engines'],
  help: '↑ main engine at full throttle. ← and → the side engines: they tilt the craft to that side.',
  keys: ['up', 'left', 'right'],
  action: (held) => Float32Array.of(held.includes('up') ? 1 : 0, signOf(held, 'left', 'right')),
};

const onFoot = 'The arrows move one cell. The game waits for your key.';

/** Whom a person can drive, by the id and the kind of the action. The other tasks of MuJoCo and BipedalWalker have more joints than two hands can time. */
const drivings: readonly (readonly [pattern: RegExp, kind: Space['kind'], driving: Driving])[] = [
  [/^CartPole-/, 'discrete', cartPole],
  [/^Acrobot-/, 'discrete', acting({ left: 0, right: 2 }, 1, '← and → swing the lower link to that side while it hangs.')],
  [
    /^MountainCar-/,
    'discrete',
    acting({ left: 0, right: 2 }, 1, '← and → drive. The engine is too weak for the hill: gather speed on the other side.'),
  ],
  [/^MountainCarContinuous-/, 'box', pulling(leftRight, 1, '← and → drive at full power. Power costs: let the car roll where it can.')],
  [/^Pendulum-/, 'box', pulling([['right', 'left']], 2, '← turns counter-clockwise, → clockwise, with all the torque there is.')],
  [
    /^LunarLander/,
    'discrete',
    acting(
      { up: 2, left: 1, right: 3 },
      0,
      '↑ main engine. ← and → the side engines: they tilt the craft to that side. One engine at a time: the newest key counts.',
    ),
  ],
  [/^LunarLander/, 'box', landerContinuous],
  [
    /^InvertedPendulum-/,
    'box',
    pulling(leftRight, 0.5, 'Hold ← or → to push the cart, at a sixth of its force. It is easier when slower.'),
  ],
  [
    /^Reacher-/,
    'box',
    pulling(
      [
        ['right', 'left'],
        ['down', 'up'],
      ],
      0.05,
      '← and → turn the shoulder, ↑ and ↓ the elbow, gently.',
    ),
  ],
  [
    /^Swimmer-/,
    'box',
    pulling(
      [
        ['left', 'right'],
        ['down', 'up'],
      ],
      1,
      '← and → bend the front joint, ↑ and ↓ the back one. Waves swim.',
    ),
  ],
  [/^CliffWalking/, 'discrete', moving({ up: 0, right: 1, down: 2, left: 3 }, onFoot)],
  [/^FrozenLake/, 'discrete', moving({ left: 0, down: 1, right: 2, up: 3 }, `${onFoot} On slippery ice you may slide to a side.`)],
  [
    /^Taxi-/,
    'discrete',
    moving(
      { up: 1, down: 0, left: 3, right: 2, a: 4, b: 5 },
      'The arrows drive one cell, A picks the passenger up, B lets them out. The game waits for your key.',
    ),
  ],
  [/^Blackjack-/, 'discrete', moving({ up: 1, down: 0 }, '↑ takes a card, ↓ takes no more. The game waits for your key.')],
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
