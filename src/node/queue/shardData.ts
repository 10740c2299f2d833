/**
 * What a run in shards keeps in a server while it goes on. Everything is written under a name that says what it is of: a task that is done twice writes the
 * same bytes twice.
 *
 *     cohort:shards:<run>:config   the configuration, every field filled in, with the build
 *     ...:p<version>               parameters
 *     ...:t<name>, ...:a<name>     what is particular to a task, and its answer; <name> is <iteration>-<shard> or <iteration>-<shard>-<minibatch>
 *     ...:r<iteration>-<shard>     the rollout of a shard, which its answer and the gradients of the iteration share
 *     ...:e<iteration>-<shard>     what the estimator made of it
 */
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { failure } from '../../core/errors.ts';
import { decodeMessage, encodeMessage } from '../../training/shards/bytes.ts';
import { keyPrefix } from './broker.ts';
import type { PackageBuild } from './build.ts';

/** Seconds that something is kept of a run whose leader has died. */
const keptSeconds = 3600;

const taskSchema = z.strictObject({
  /** A random name: two leaders of the same run share nothing. */
  run: z.string().regex(/^[0-9a-f-]{36}$/),
  kind: z.enum(['collect', 'gradient']),
  shard: z.int().min(0),
  iteration: z.int().min(1),
  /** Of a gradient. */
  minibatch: z.int().min(0).optional(),
  /** Which parameters. */
  version: z.int().min(0),
});

/** A task in the queue, without its arrays. */
export type ShardTask = z.output<typeof taskSchema>;

/** Reads a task of a queue. Throws `CohortError` for anything else. */
export function parseShardTask(data: unknown): ShardTask {
  const parsed = taskSchema.safeParse(data);
  if (parsed.success) return parsed.data;
  throw failure('job', 'a task of a run in shards', parsed.error.issues[0]?.message ?? 'something else', 'submit it with cohort-rl');
}

/** The queue of shards of a build. */
export function shardQueueName({ version, digest }: PackageBuild): string {
  return `shards-${version}-${digest}`;
}

/** `3-0-12`: a task within its run. */
export function taskName({ iteration, shard, minibatch }: Pick<ShardTask, 'iteration' | 'shard' | 'minibatch'>): string {
  return minibatch === undefined ? `${iteration}-${shard}` : `${iteration}-${shard}-${minibatch}`;
}

/** What is kept of one run. */
export class ShardData {
  readonly #client: Redis;
  readonly #names = new Set<string>();
  readonly run: string;

  constructor(client: Redis, run: string) {
    this.#client = client;
    this.run = run;
  }

  #key(name: string): string {
    return `${keyPrefix}:shards:${this.run}:${name}`;
  }

  /** Keeps a message of numbers and arrays. */
  async put(name: string, message: object): Promise<void> {
    const bytes = encodeMessage(message);
    this.#names.add(name);
    await this.#client.set(this.#key(name), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 'EX', keptSeconds);
  }

  /** A message, or `undefined` where there is none. Throws `CohortError` for bytes that are damaged. */
  async get(name: string): Promise<Record<string, unknown> | undefined> {
    const bytes = await this.#client.getBuffer(this.#key(name));
    return bytes ? decodeMessage(new Uint8Array(bytes), `${name} of run ${this.run.slice(0, 8)} in the queue`) : undefined;
  }

  /** The same, where it must be. Throws `CohortError` where it is not. */
  async need(name: string): Promise<Record<string, unknown>> {
    const found = await this.get(name);
    this.#names.add(name);
    if (found) return found;
    throw failure(
      `${name} of run ${this.run.slice(0, 8)} in the queue`,
      'what a task needs',
      'nothing',
      'begin the run again: its leader is gone',
    );
  }

  async has(name: string): Promise<boolean> {
    return (await this.#client.exists(this.#key(name))) === 1;
  }

  async putConfig(config: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#client.set(this.#key('config'), JSON.stringify(config), 'EX', keptSeconds);
  }

  /** The text of the configuration; whoever uses it checks it. */
  async config(): Promise<string | undefined> {
    return (await this.#client.get(this.#key('config'))) ?? undefined;
  }

  /** Says that the run goes on. */
  async touch(): Promise<void> {
    await this.#client.expire(this.#key('config'), keptSeconds);
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) this.#names.delete(name);
    if (names.length > 0) await this.#client.unlink(...names.map((name) => this.#key(name)));
  }

  /** Removes everything that this process knows of the run. */
  async clear(): Promise<void> {
    await this.remove([...this.#names, 'config']);
  }
}
