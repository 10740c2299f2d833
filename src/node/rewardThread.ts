/**
 * Rewards in a thread of their own, each with a limit: where one is exceeded, or the thread dies, the thread is replaced and the run goes on.
 */
import { Worker } from 'node:worker_threads';
import type { RewardQuestion, RewardReply, RewardThread } from '../core/platform.ts';

/** The program of the thread. Run from the sources (tests), the bundle of the last build is taken. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../dist/rewardWorker.js' : './rewardWorker.js', import.meta.url);
}

/** A thread for the rewards of a task that one of the modules exports. */
export function openRewards(modules: readonly string[], task: string): RewardThread {
  let worker: Worker | undefined;
  /** Whoever waits for a reply. */
  let waiting: ((reply: RewardReply, isDead: boolean) => void) | undefined;

  async function started(): Promise<Worker> {
    if (worker) return worker;
    const made = new Worker(workerFile(), { workerData: { modules, task }, stdout: true });
    made.stdout.on('data', (chunk: Uint8Array) => void process.stderr.write(chunk));
    await new Promise<void>((resolve, reject) => {
      // The first message says that the module is there.
      let isReady = false;
      made.on('message', (reply: RewardReply) => {
        if (isReady) waiting?.(reply, false);
        isReady = true;
        resolve();
      });
      made.on('error', (error: Error) => {
        reject(error);
        if (worker === made) waiting?.({ error: `${error.name}: ${error.message}` }, true);
      });
      made.on('exit', (code) => {
        const message = `the thread of the reward ended (exit code ${code})`;
        reject(new Error(message));
        if (worker === made) waiting?.({ error: `Error: ${message}` }, true);
      });
    });
    made.unref();
    worker = made;
    return made;
  }

  async function askOne(question: RewardQuestion, seconds: number): Promise<RewardReply> {
    const asked = await started();
    return new Promise((resolve) => {
      const timer = setTimeout(() => waiting?.('timedOut', true), seconds * 1000);
      waiting = (reply, isDead) => {
        clearTimeout(timer);
        waiting = undefined;
        if (isDead) {
          worker = undefined;
          void asked.terminate();
        }
        resolve(reply);
      };
      asked.postMessage(question);
    });
  }

  return {
    async ask(questions, seconds) {
      const replies: RewardReply[] = [];
      for (const question of questions) replies.push(await askOne(question, seconds));
      return replies;
    },
    terminate() {
      void worker?.terminate();
      worker = undefined;
    },
  };
}
