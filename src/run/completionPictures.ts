/**
 * Pictures beside the completions that a run tells: whoever listens in the same thread can show them, and whatever is written has its size without them.
 */
import type { CompletionPicture, CompletionRecord, RunEvent } from './events.ts';

/** Pictures of every completion of an event, in its order. */
export type EventPictures = readonly (readonly CompletionPicture[])[];

/** Gives a completion the pictures of its prompt, in place; with none it stays as it is. */
export function attachPictures<Record extends CompletionRecord>(record: Record, pictures: readonly CompletionPicture[]): Record {
  return pictures.length === 0 ? record : Object.defineProperty(record, 'pictures', { value: pictures });
}

/** The pictures of an event, to be sent along with it to another thread; `undefined` where it has none. */
export function picturesOfEvent(event: RunEvent): EventPictures | undefined {
  if (event.event !== 'completions' || event.completions.every(({ pictures }) => pictures === undefined)) return undefined;
  return event.completions.map(({ pictures = [] }) => pictures);
}

/** Gives an event that came from another thread the pictures that came along, in place. */
export function restorePictures(event: RunEvent, pictures: EventPictures | undefined): void {
  if (event.event === 'completions') for (const [i, record] of event.completions.entries()) attachPictures(record, pictures?.[i] ?? []);
}
