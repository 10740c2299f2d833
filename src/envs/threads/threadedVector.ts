/** N environments shared out among threads. The calling thread steps the first share itself. */
import type { Releasable } from '../../core/disposal.ts';
import type { EnvState, Seed, StateArray, VectorEnv } from '../../core/env.ts';
import { mistake } from '../../core/errors.ts';
import type { EnvWorkerHandle } from '../../core/platform.ts';
import { flatSize, type Space } from '../../core/space.ts';
import { entryOfEnv, envPrefix, isOfTheWhole, stateRows } from '../../core/stateRows.ts';
import { compiledPhysics } from '../box2d/compiled.ts';
import { mujocoAddresses } from '../mujoco/addresses.ts';
import { entriesUnder, restoreArrays } from '../state.ts';
import { checkSeeds, refuseActionCount, shownNames } from '../vectorBuffers.ts';
import {
  awaitShard,
  commands,
  copyState,
  createControl,
  createFailure,
  decodeFailure,
  publish,
  type ShardAnswer,
  type ShardMessage,
  type ShardOrder,
  type SharedArrays,
  tell,
} from './protocol.ts';

type Constructor<T> = new (buffer: SharedArrayBuffer) => T;

/** An array like that one, of that length, in memory that threads share. */
function shared<T extends StateArray>(like: T, length: number): T {
  return new (like.constructor as Constructor<T>)(new SharedArrayBuffer(length * like.BYTES_PER_ELEMENT));
}

function sharedArrays(like: VectorEnv, numEnvs: number): SharedArrays {
  const whole = <T extends StateArray>(array: T): T => shared(array, (array.length / like.numEnvs) * numEnvs);
  return Object.fromEntries(shownNames.map((name) => [name, whole(like[name])])) as unknown as SharedArrays;
}

/** A share: what its thread was told, and the thread, unless it is the calling one. */
interface Share {
  readonly order: ShardOrder;
  readonly worker?: EnvWorkerHandle;
}

/** Environments on several threads, with the same numbers as on one. Make it with `makeVectorEnv`. */
export class ThreadedVectorEnv implements VectorEnv, Releasable {
  readonly numEnvs: number;
  readonly observationSpace: Space;
  readonly actionSpace: Space;
  readonly observations: Float32Array | Float64Array;
  readonly rewards: Float64Array;
  readonly terminated: Uint8Array;
  readonly truncated: Uint8Array;
  readonly finalObservations: Float32Array | Float64Array;
  readonly episodeLengths: Int32Array;
  readonly episodeReturns: Float64Array;
  /** Threads that step, the calling one included. */
  readonly threads: number;
  readonly #own: VectorEnv;
  readonly #shares: readonly Share[];
  readonly #control: Int32Array;
  readonly #actions: Int32Array | Float32Array;
  #closed = false;

  private constructor(own: VectorEnv, numEnvs: number, arrays: SharedArrays, shares: readonly Share[], actions: Int32Array | Float32Array) {
    this.numEnvs = numEnvs;
    this.observationSpace = own.observationSpace;
    this.actionSpace = own.actionSpace;
    this.observations = arrays.observations;
    this.rewards = arrays.rewards;
    this.terminated = arrays.terminated;
    this.truncated = arrays.truncated;
    this.finalObservations = arrays.finalObservations;
    this.episodeLengths = arrays.episodeLengths;
    this.episodeReturns = arrays.episodeReturns;
    this.threads = shares.length;
    this.#own = own;
    this.#shares = shares;
    this.#control = shares[0]!.order.control;
    this.#actions = actions;
  }

  /**
   * `own` are the environments of the calling thread, the first `floor(numEnvs / threads)`. Throws the error of a thread that could not make
   * its own, after ending all threads.
   */
  static async start(
    own: VectorEnv,
    task: Pick<ShardOrder, 'id' | 'options' | 'modules' | 'numEnvs'> & { readonly threads: number; readonly spawn: () => EnvWorkerHandle },
  ): Promise<ThreadedVectorEnv> {
    const { id, options, modules, numEnvs, threads, spawn } = task;
    const arrays = sharedArrays(own, numEnvs);
    const width = flatSize(own.actionSpace);
    const actionBuffer = new SharedArrayBuffer(4 * numEnvs * width);
    const actions = own.actionSpace.kind === 'box' ? new Float32Array(actionBuffer) : new Int32Array(actionBuffer);
    const control = createControl(threads);
    const shares: Share[] = [];
    try {
      for (let thread = 0; thread < threads; thread++) {
        const firstEnv = Math.floor((thread * numEnvs) / threads);
        const end = Math.floor(((thread + 1) * numEnvs) / threads);
        const order: ShardOrder = {
          id,
          options,
          modules,
          mujoco: mujocoAddresses(),
          physics: compiledPhysics(),
          thread,
          firstEnv,
          numEnvs: end - firstEnv,
          arrays: stateRows(arrays, numEnvs, firstEnv, end),
          actions: actions.subarray(firstEnv * width, end * width),
          control,
          failure: createFailure(),
        };
        shares.push(thread === 0 ? { order } : { order, worker: spawn() });
      }
      const answers = await Promise.all(
        shares.map(({ order, worker }) => {
          worker?.post(order);
          return worker?.answer as Promise<ShardAnswer> | undefined;
        }),
      );
      for (const answer of answers) if (answer && !answer.ready) throw decodeFailure(answer.failure);
    } catch (error) {
      for (const { worker } of shares) worker?.terminate();
      throw error;
    }
    return new ThreadedVectorEnv(own, numEnvs, arrays, shares, actions);
  }

  /** Runs the command on every thread, waits for all, then throws the first error in environment order. */
  #everywhere(command: number, own: () => void): void {
    const generation = tell(this.#control, command);
    let failure: unknown;
    try {
      own();
      publish(this.#own, this.#shares[0]!.order.arrays);
    } catch (error) {
      failure = error;
    }
    for (const { order, worker } of this.#shares) {
      const error = worker && awaitShard(this.#control, order.thread, generation, order.failure);
      failure ??= error;
    }
    if (failure !== undefined) throw failure;
  }

  #send(messageOf: (order: ShardOrder) => ShardMessage, own: () => void): void {
    for (const { order, worker } of this.#shares) worker?.post(messageOf(order));
    this.#everywhere(commands.listen, own);
  }

  /** Begins an episode everywhere; see `VectorEnv.reset`. */
  reset(seeds?: readonly Seed[]): void {
    if (seeds !== undefined) checkSeeds(seeds, this.numEnvs);
    const own = seeds?.slice(0, this.#own.numEnvs);
    this.#send(
      ({ firstEnv, numEnvs }) => ({ kind: 'reset', seeds: seeds?.slice(firstEnv, firstEnv + numEnvs) }),
      () => this.#own.reset(own),
    );
    if (this.#own.actionMasks) {
      const advice = 'use one thread, or leave worthThreads out of its spec';
      throw mistake('threads', 'an environment without action masks', 'one with info.actionMask', advice);
    }
  }

  /** One step everywhere; see `VectorEnv.step`. After an error the environments of other threads have moved: reset, or set a state. */
  step(actions: Int32Array | Float32Array): void {
    const count = this.#actions.length;
    if (actions.length < count) refuseActionCount('ThreadedVectorEnv', count, actions.length);
    this.#actions.set(actions.length === count ? actions : actions.subarray(0, count));
    this.#everywhere(commands.step, () => this.#own.step(this.#shares[0]!.order.actions));
  }

  /** The state by the names and in the layout of the same environments on one thread. */
  getState(): EnvState | undefined {
    const own = this.#own.getState();
    if (!own) return undefined;
    const whole = this.#wholeOf(own, shared);
    const into = this.#share(whole);
    this.#send(
      ({ thread }) => ({ kind: 'getState', into: into[thread]! }),
      () => copyState(own, into[0]!),
    );
    // Copies in memory that no other thread sees.
    return Object.fromEntries(Object.entries(whole).map(([name, array]) => [name, array.slice()]));
  }

  /** Goes on from a state of the same environments, however many threads they were on. Throws CohortError if it does not fit. */
  setState(state: EnvState): void {
    const whole = this.#wholeOf(
      this.#own.getState() ?? {},
      (like, length) => new (like.constructor as new (length: number) => StateArray)(length),
    );
    restoreArrays('ThreadedVectorEnv', whole, state);
    const parts = this.#share(whole);
    this.#send(
      ({ thread }) => ({ kind: 'setState', state: parts[thread]! }),
      () => this.#own.setState(parts[0]!),
    );
  }

  /** Arrays for the state of all environments, given that of the calling thread's. Arrays of single environments are like its first one's. */
  #wholeOf(own: EnvState, make: (like: StateArray, length: number) => StateArray): EnvState {
    const { numEnvs } = this;
    const rowsOfAll = ({ length }: StateArray): number => (length / this.#own.numEnvs) * numEnvs;
    const entries = Object.entries(own);
    const ofAll = entries.filter(([name]) => !entryOfEnv(name));
    const ofFirst = Object.entries(entriesUnder(own, envPrefix(0)));
    return Object.fromEntries([
      ...ofAll.map(([name, array]) => [name, make(array, isOfTheWhole(name) ? array.length : rowsOfAll(array))] as const),
      ...Array.from({ length: numEnvs }, (_, i) =>
        ofFirst.map(([name, array]) => [envPrefix(i) + name, make(array, array.length)] as const),
      ).flat(),
    ]);
  }

  /** The rows of each share. */
  #share(whole: EnvState): EnvState[] {
    return this.#shares.map(({ order: { firstEnv, numEnvs } }) => stateRows(whole, this.numEnvs, firstEnv, firstEnv + numEnvs));
  }

  /** Ends the threads. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const { worker } of this.#shares) worker?.terminate();
    this.#own.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
  }
}
