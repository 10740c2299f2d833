/** The masks of lifted environments: what `info.actionMask` says, for all of them or for none. */
import type { Info } from '../core/env.ts';
import { failure, show } from '../core/errors.ts';
import { headSizes, type Mask, maskFault, type Space } from '../core/space.ts';

const advice = 'give info.actionMask with every reset and every step that does not end the episode, or never; 1 is allowed, 0 is not';

/** Keeps the masks of N environments, from the first reset on. */
export class ActionMasks {
  /** (N, M), see `VectorEnv.actionMasks`; missing where environments have none, and before the first reset. */
  masks: Uint8Array | undefined;
  readonly #space: Space;
  readonly #numEnvs: number;
  readonly #size: number;
  #isKnown = false;

  constructor(space: Space, numEnvs: number) {
    this.#space = space;
    this.#numEnvs = numEnvs;
    this.#size = headSizes(space).reduce((sum, size) => sum + size, 0);
  }

  /** Room for masks, as a state of environments with masks asks for it. */
  prepare(hasMasks: boolean): void {
    this.#isKnown = true;
    this.masks = hasMasks ? (this.masks ?? new Uint8Array(this.#numEnvs * this.#size)) : undefined;
  }

  /** Takes the mask of the next action of environment `i`. Throws `CohortError` where it does not fit, or comes only sometimes. */
  take(i: number, info: Info | undefined, when: () => string): void {
    const mask = info?.actionMask;
    if (!this.#isKnown) this.prepare(mask !== undefined);
    const isGiven = mask !== undefined;
    if (isGiven !== (this.masks !== undefined)) {
      const [expected, got] = isGiven ? ['none, as at the first reset', show(mask)] : ['a mask, as at the first reset', 'nothing'];
      throw failure(`${when()}: info.actionMask`, expected, got, advice);
    }
    if (!isGiven) return;
    const fault = maskFault(this.#space, mask);
    if (fault) throw failure(`${when()}: info.actionMask`, fault.expected, fault.got, advice);
    for (let k = 0; k < this.#size; k++) this.masks![i * this.#size + k] = (mask as Mask)[k] ? 1 : 0;
  }
}
