/** The worker that trains a language model for the page. */
import type { LanguageMessage, LanguageRequest } from './protocol.ts';
import { trainAndTell } from './training.ts';

const tell = (message: LanguageMessage): void => postMessage(message);
let stopped = false;
let resume: (() => void) | undefined;
let pausing = Promise.resolve();

function pause(paused: boolean): void {
  resume?.();
  resume = undefined;
  if (paused) {
    pausing = new Promise((resolve) => {
      resume = resolve;
    });
  }
}

/** Lets a message of the page in before the next iteration. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

async function goesOn(): Promise<boolean> {
  await breathe();
  await pausing;
  return !stopped;
}

addEventListener('message', ({ data }: MessageEvent<LanguageRequest>) => {
  if (data.kind === 'pause') return pause(data.paused);
  if (data.kind === 'stop') {
    stopped = true;
    return pause(false);
  }
  const { task, iterations, seed } = data;
  trainAndTell({ task, iterations, seed, goesOn }, tell).catch((error: unknown) =>
    tell({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
});
