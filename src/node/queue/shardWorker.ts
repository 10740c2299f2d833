/**
 * Shards of large runs, as a worker computes them: each task brings what it needs from the server; what the tasks of an iteration share is kept.
 */
import type { Redis } from 'ioredis';
import { failure } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';
import type { CollectTask, GradientTask, ShardEstimate, ShardRollout } from '../../training/shards/tasks.ts';
import { type ShardProcess, startShardProcess } from '../shardProcess.ts';
import { parseShardTask, ShardData, taskName } from './shardData.ts';

/** What is kept of one run. */
interface KnownRun {
  readonly data: ShardData;
  readonly config: Readonly<Record<string, unknown>>;
  readonly processes: ShardProcess[];
  /** Messages by their names, the newest last. */
  readonly kept: Map<string, Promise<Record<string, unknown>>>;
  used: number;
}

/** Runs of which something is kept at most, and messages of each. */
const [mostRuns, mostMessages] = [4, 64];
/** Milliseconds without a task after which the processes of a run end. */
const idleMilliseconds = 60_000;

/** Computes tasks of a queue. */
export class ShardWorker {
  readonly #client: Redis;
  readonly #modules: readonly string[];
  readonly #jobs: number;
  readonly #runs = new Map<string, Promise<KnownRun>>();
  readonly #timer: NodeJS.Timeout;

  constructor(client: Redis, modules: readonly string[], jobs: number) {
    this.#client = client;
    this.#modules = modules;
    this.#jobs = jobs;
    this.#timer = setInterval(() => void this.#endIdle(idleMilliseconds), idleMilliseconds / 4);
    this.#timer.unref();
  }

  /** Does a task, and keeps its answer in the server. Throws `CohortError` for anything but a task of a run that its leader still leads. */
  async compute(job: unknown): Promise<void> {
    const task = parseShardTask(job);
    const { shard, iteration, minibatch } = task;
    const run = await this.#runOf(task.run);
    const { data } = run;
    run.used = performance.now();
    const own = taskName(task);
    const parameters = this.#keep(run, `p${task.version}`);
    const particular = await data.get(`t${own}`);
    // Answered by another in the meantime.
    if (!particular && (await data.has(`a${own}`))) return;
    if (!particular) await data.need(`t${own}`);
    const worker = this.#processOf(run);
    if (task.kind === 'collect') {
      const asked = { shard, iteration, ...(await parameters), ...particular } as unknown as CollectTask;
      const { rollout, ...answer } = await worker.collect(asked);
      // First: whoever has the answer needs it.
      await data.put(`r${iteration}-${shard}`, rollout);
      run.kept.set(`r${iteration}-${shard}`, Promise.resolve({ ...rollout }));
      await data.put(`a${own}`, answer);
      return;
    }
    if (minibatch === undefined) throw failure('job', 'the number of a minibatch', 'none', 'submit it with cohort-rl');
    const [rollout, estimate] = await Promise.all([
      this.#keep(run, `r${iteration}-${shard}`) as unknown as Promise<ShardRollout>,
      this.#keep(run, `e${iteration}-${shard}`) as unknown as Promise<ShardEstimate>,
    ]);
    const asked = { shard, iteration, minibatch, ...(await parameters), ...particular, rollout, estimate } as unknown as GradientTask;
    await data.put(`a${own}`, await worker.gradient(asked));
  }

  /** Ends all processes. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#endIdle(Number.NEGATIVE_INFINITY);
  }

  async #open(name: string): Promise<KnownRun> {
    const data = new ShardData(this.#client, name);
    const text = await data.config();
    const config = text === undefined ? undefined : parseJsonObject(text);
    if (!config) throw failure(`run ${name.slice(0, 8)} in the queue`, 'its configuration', 'none', 'begin it again: its leader is gone');
    return { data, config, processes: [], kept: new Map(), used: performance.now() };
  }

  async #runOf(name: string): Promise<KnownRun> {
    const known = this.#runs.get(name);
    if (known) return known;
    const opening = this.#open(name);
    this.#runs.set(name, opening);
    opening.catch(() => this.#runs.delete(name));
    if (this.#runs.size > mostRuns) await this.#endIdle(1000);
    return opening;
  }

  /** A message, asked for once. */
  #keep({ data, kept }: KnownRun, name: string): Promise<Record<string, unknown>> {
    const known = kept.get(name);
    if (known) return known;
    const asked = data.need(name);
    kept.set(name, asked);
    asked.catch(() => kept.delete(name));
    if (kept.size > mostMessages) kept.delete(kept.keys().next().value!);
    return asked;
  }

  /** The process of the run that has the least to do; another one while all have something and there may be more. */
  #processOf({ processes, config }: KnownRun): ShardProcess {
    const [first] = [...processes].sort((a, b) => a.busy - b.busy);
    if (first && (first.busy === 0 || processes.length >= this.#jobs)) return first;
    const started = startShardProcess(config, this.#modules);
    processes.push(started);
    return started;
  }

  async #endIdle(milliseconds: number): Promise<void> {
    for (const [name, opening] of this.#runs) {
      const run = await opening.catch(() => undefined);
      if (!run || performance.now() - run.used < milliseconds || run.processes.some(({ busy }) => busy > 0 && milliseconds > 0)) continue;
      for (const one of run.processes) one.close();
      this.#runs.delete(name);
    }
  }
}
