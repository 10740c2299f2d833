/** Corridor: five cells in a row; walk right to the last one. A toy that shows what a new environment takes: this file and one row. */
import type { EnvState } from '../../core/env.ts';
import type { Scene } from '../../core/scene.ts';
import { type DiscreteSpace, discrete } from '../../core/space.ts';
import type { Generator } from '../../random/index.ts';
import type { Dynamics, StepArrays } from '../dynamics.ts';
import { dynamicsSpec } from '../dynamicsSpec.ts';
import type { EnvSpec } from '../spec.ts';

const length = 5;
const observationSpace: DiscreteSpace = /* @__PURE__ */ discrete(length);
const actionSpace: DiscreteSpace = /* @__PURE__ */ discrete(2);

class CorridorDynamics implements Dynamics {
  readonly name = 'Corridor';
  readonly observationSpace: DiscreteSpace = observationSpace;
  readonly actionSpace: DiscreteSpace = actionSpace;
  readonly #cells: Int32Array;

  constructor(numEnvs: number) {
    this.#cells = new Int32Array(numEnvs);
  }

  start(i: number, _generator: Generator, observations: StepArrays['observations']): void {
    observations[i] = this.#cells[i] = 0;
  }

  advance(actions: ArrayLike<number>, _generators: readonly Generator[], { observations, rewards, terminated }: StepArrays): void {
    const cells = this.#cells;
    for (let i = 0; i < cells.length; i++) {
      observations[i] = cells[i] = Math.max(0, cells[i]! + (actions[i] === 1 ? 1 : -1));
      rewards[i] = -1;
      terminated[i] = cells[i] === length - 1 ? 1 : 0;
    }
  }

  rows(): EnvState {
    return { cells: this.#cells };
  }

  scene(i: number): Scene {
    return { kind: 'corridor', cell: this.#cells[i] } as Scene;
  }
}

/** Corridor-v0. */
export const corridorSpecs: readonly EnvSpec[] = [
  /* @__PURE__ */ dynamicsSpec(
    {
      id: 'Corridor-v0',
      description: 'Walk right',
      observationSpace,
      actionSpace,
      observation: [{ name: 'cell', meaning: 'where the walker stands', min: 0, max: length - 1 }],
      action: ['left', 'right'].map((name) => ({ name, meaning: `one cell ${name}` })),
      rewards: '-1 for every step.',
      episodeEnd: 'Terminated at the last cell. Truncated after 50 steps.',
      versions: 'v0 is the only one.',
      source: 'https://arxiv.org/abs/2510.03679',
      maxEpisodeSteps: 50,
      rewardThreshold: -4,
    },
    {},
    () => (numEnvs) => new CorridorDynamics(numEnvs),
  ),
];
