/**
 * What Node and pages both bring, and who speaks with servers needs: requests, the time, waiting, random bytes. Each can be given instead.
 */
import { whenAborted } from '../core/aborted.ts';

/** What the web standards define; Node and every page have all of it. */
export interface WebPlatform {
  /** The web standard's `fetch`. */
  fetch(address: string, request: RequestInit): Promise<Response>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Ends after so many milliseconds, or earlier where the signal aborts; never rejects. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** So many random bytes, for ids: no result of a run depends on them. */
  randomBytes(count: number): Uint8Array;
  /** A moment in local time, `20251121_014800`. */
  timeStamp(milliseconds: number): string;
}

// By their place in the standard: what a platform brings is named nowhere else in the portable rooms.
const web = globalThis;

/** What the web standards define, in Node and in pages. */
export const webPlatform: WebPlatform = {
  fetch: (address, request) => web.fetch(address, request),
  now: () => web.Date.now(),
  wait: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const end = (): void => {
        web.clearTimeout(timer);
        forget();
        resolve();
      };
      const timer = web.setTimeout(end, milliseconds);
      const forget = whenAborted(signal, end);
    }),
  randomBytes: (count) => web.crypto.getRandomValues(new Uint8Array(count)),
  timeStamp(milliseconds) {
    const date = new web.Date(milliseconds);
    const two = (value: number): string => String(value).padStart(2, '0');
    const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
    return `${day}_${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
  },
};
