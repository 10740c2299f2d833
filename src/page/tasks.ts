/**
 * What the page knows of each task besides what the library says: what its actions are called, how a person drives it.
 */
import type { Action, EnvSpec } from '../browser/index.ts';

/** Arrow keys that are held, newest last. */
export type Held = readonly ('up' | 'down' | 'left' | 'right')[];

/** How a person drives. */
export interface Driving {
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

const cartPole: TaskFacts = {
  actionNames: ['push left', 'push right'],
  driving: {
    help: 'Hold ← or → to push the cart. Without a key the pushes alternate and cancel out. It is easier when slower.',
    keys: ['left', 'right'],
    // There is no "do nothing" in CartPole.
    action: (held, step) => {
      const newest = held.findLast((key) => key === 'left' || key === 'right');
      return newest === undefined ? step % 2 : newest === 'left' ? 0 : 1;
    },
  },
};

const landerActions = { up: 2, left: 1, right: 3, down: 0 } as const;

const lander: TaskFacts = {
  actionNames: ['nothing', 'left engine', 'main engine', 'right engine'],
  driving: {
    help: '↑ main engine. ← and → the side engines: they tilt the craft to that side. One engine at a time: the newest key counts.',
    keys: ['up', 'left', 'right'],
    action: (held) => (held.length > 0 ? landerActions[held.at(-1)!] : 0),
  },
};

const landerContinuous: TaskFacts = {
  actionNames: ['main engine', 'side engines'],
  driving: {
    help: '↑ main engine at full throttle. ← and → the side engines: they tilt the craft to that side.',
    keys: ['up', 'left', 'right'],
    action: (held) => {
      const side = held.findLast((key) => key === 'left' || key === 'right');
      return Float32Array.of(held.includes('up') ? 1 : 0, side === undefined ? 0 : side === 'left' ? -1 : 1);
    },
  },
};

const cheetah: TaskFacts = {
  actionNames: ['back thigh', 'back shin', 'back foot', 'front thigh', 'front shin', 'front foot'],
};
const hopper: TaskFacts = { actionNames: ['thigh', 'leg', 'foot'] };
const pendulum: TaskFacts = { actionNames: ['slide'] };
const cliff: TaskFacts = { actionNames: ['up', 'right', 'down', 'left'] };

const tasks: readonly (readonly [pattern: RegExp, facts: TaskFacts])[] = [
  [/^CartPole-/, cartPole],
  [/^LunarLander/, lander],
  [/^CliffWalking/, cliff],
  [/^HalfCheetah-/, cheetah],
  [/^Hopper-/, hopper],
  [/^InvertedPendulum-/, pendulum],
];

/** The facts of an environment: its own, or numbers for names. The action space is the environment's as it was made, options included. */
export function factsOf({ id, actionSpace }: Pick<EnvSpec, 'id' | 'actionSpace'>): TaskFacts {
  const size = actionSpace.kind === 'discrete' ? actionSpace.n : actionSpace.size;
  const known = tasks.find(([pattern]) => pattern.test(id))?.[1];
  const facts = known === lander && actionSpace.kind === 'box' ? landerContinuous : known;
  if (facts?.actionNames.length === size) return facts;
  return { actionNames: Array.from({ length: size }, (_, k) => `action ${k}`) };
}
