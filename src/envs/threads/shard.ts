/** The program of a thread that steps some of the environments. */
import type { EnvState, VectorEnv } from '../../core/env.ts';
import { makeVector } from '../make.ts';
import { commands, encodeFailure, finish, nextCommand, publish, type ShardAnswer, type ShardMessage, type ShardOrder } from './protocol.ts';

/**
 * Serves one shard: the first message is its order, answered with `post`; the later ones come while it listens. Returns what is to be called
 * with every message.
 */
export function serveShard(post: (answer: ShardAnswer) => void): (message: unknown) => void {
  let shard: Shard | undefined;
  return (message) => {
    if (shard) {
      shard.hear(message as ShardMessage);
      return;
    }
    const order = message as ShardOrder;
    makeVector(order.id, order.numEnvs, order.options).then(
      (env) => {
        shard = new Shard(env, order);
        post({ ready: true });
        shard.serve();
      },
      (error: unknown) => post({ ready: false, failure: encodeFailure(error, order.firstEnv) }),
    );
  };
}

class Shard {
  readonly #env: VectorEnv;
  readonly #order: ShardOrder;
  #seen = 0;

  constructor(env: VectorEnv, order: ShardOrder) {
    this.#env = env;
    this.#order = order;
  }

  /** Does as it is told until it is told to listen; what is said then is heard in the event loop. */
  serve(): void {
    const { control, actions } = this.#order;
    for (;;) {
      const { generation, command } = nextCommand(control, this.#seen);
      this.#seen = generation;
      if (command === commands.listen) return;
      this.#attempt(() => this.#env.step(actions));
    }
  }

  /** Does what a message asks, then serves on. */
  hear(message: ShardMessage): void {
    const env = this.#env;
    this.#attempt(() => {
      if (message.kind === 'reset') env.reset(message.seeds);
      else if (message.kind === 'setState') env.setState(message.state);
      else copyState(env.getState() ?? {}, message.into);
    });
    this.serve();
  }

  #attempt(work: () => void): void {
    let failure: unknown;
    try {
      work();
      publish(this.#env, this.#order.arrays);
    } catch (error) {
      failure = error;
    }
    finish(this.#order, this.#seen, failure);
  }
}

/** Copies the arrays of a state into those of the same names. */
export function copyState(state: EnvState, into: EnvState): void {
  for (const [name, array] of Object.entries(into)) array.set(state[name]!);
}
