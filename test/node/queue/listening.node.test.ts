/** Who waits for a job hears of its end, looks again by itself, and leaves nothing behind. */
import { EventEmitter } from 'node:events';
import type { QueueEvents } from 'bullmq';
import { describe, expect, it } from 'vitest';
import { listening } from '../../../src/node/queue/listening.ts';

const open = (milliseconds: number) => {
  const events = new EventEmitter();
  return { events, listen: listening(events as unknown as QueueEvents, milliseconds) };
};

describe('a listener', () => {
  it.each(['completed', 'failed', 'removed'])('hears of a job that is %s, also before it asks, and of no other', async (event) => {
    const { events, listen } = open(60_000);
    const one = listen('a');
    events.emit(event, { jobId: 'b' });
    let heard = 0;
    const waiting = one.next().then(() => heard++);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(heard).toBe(0);
    events.emit(event, { jobId: 'a' });
    await waiting;
    events.emit(event, { jobId: 'a' });
    await one.next();
    one.end();
  });

  it('looks again after its time, and when the signal aborts', async () => {
    await open(5).listen('a').next();
    const controller = new AbortController();
    const { listen } = open(60_000);
    const waiting = listen('a', controller.signal).next();
    controller.abort();
    await waiting;
  });
});
