/** The program of a thread that steps some of the environments. */
import type { VectorEnv } from '../../core/env.ts';
import { usePhysics } from '../box2d/compiled.ts';
import { makeHere } from '../makeHere.ts';
import { applyModule, splitAddress } from '../module.ts';
import type { ModuleHelpers } from '../moduleHelpers.ts';
import { nameMujocoAddresses } from '../mujoco/addresses.ts';
import { EnvRegistry, type EnvSpec } from '../spec.ts';
import {
  commands,
  copyState,
  encodeFailure,
  finish,
  nextCommand,
  publish,
  type ShardAnswer,
  type ShardMessage,
  type ShardOrder,
} from './protocol.ts';

/** What modules of users may look at: the built-in algorithms, and the wrappers where the thread has them. */
type LoadForModules = () => Promise<{ readonly algorithms: unknown; readonly moduleHelpers?: ModuleHelpers }>;

/** What a thread knows. */
export interface ShardKnowledge {
  /** The environments of the package that it is asked for. */
  readonly specs: () => readonly EnvSpec[];
  readonly loadForModules: LoadForModules;
}

/**
 * Serves one shard. The first message is its order, answered with `post`; the later ones come while it listens. Returns the function to call with every message.
 */
export function serveShard(post: (answer: ShardAnswer) => void, knowledge: ShardKnowledge): (message: unknown) => void {
  let shard: Shard | undefined;
  return (message) => {
    if (shard) {
      shard.hear(message as ShardMessage);
      return;
    }
    const order = message as ShardOrder;
    makeShard(order, knowledge).then(
      (env) => {
        shard = new Shard(env, order);
        post({ ready: true });
        shard.serve();
      },
      (error: unknown) => post({ ready: false, failure: encodeFailure(error, order.firstEnv) }),
    );
  };
}

/** The environments of an order, those of its modules included. */
async function makeShard(order: ShardOrder, { specs, loadForModules }: ShardKnowledge): Promise<VectorEnv> {
  const { id, options, modules, numEnvs, mujoco, physics } = order;
  nameMujocoAddresses(mujoco);
  usePhysics(physics);
  const registry = new EnvRegistry();
  for (const spec of specs()) registry.register(spec);
  for (const address of modules) {
    // The address is known at run time only: bundlers must leave this import as it is.
    const namespace: unknown = await import(/* @vite-ignore */ /* webpackIgnore: true */ splitAddress(address).url);
    const { algorithms, moduleHelpers } = await loadForModules();
    const registration = { registerEnv: (spec: EnvSpec) => void registry.register(spec), registerAlgorithm: () => {}, algorithms };
    await applyModule(namespace, registration, address, moduleHelpers);
  }
  return makeHere(registry.get(id), numEnvs, options);
}

class Shard {
  readonly #env: VectorEnv;
  readonly #order: ShardOrder;
  #seen = 0;

  constructor(env: VectorEnv, order: ShardOrder) {
    this.#env = env;
    this.#order = order;
  }

  /** Does what the commands say until one of them is to listen: messages arrive in the event loop. */
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
