import { describe, expect, it } from 'vitest';
import { attachPictures, picturesOfEvent, restorePictures } from '../../src/run/completionPictures.ts';
import type { CompletionsEvent } from '../../src/run/events.ts';

const picture = { width: 1, height: 2, pixels: Uint8Array.of(1, 2, 3, 4, 5, 6) };
const record = () => ({ prompt: '[image 1x2]?', completion: '3', total: 1, components: { reward: 1 }, ended: true });
const eventOf = (...completions: CompletionsEvent['completions']): CompletionsEvent => ({
  event: 'completions',
  runDirectory: null,
  seed: 1,
  iteration: 1,
  completions,
});

describe('pictures beside completions', () => {
  it('are not written and not copied', () => {
    const shown = attachPictures(record(), [picture]);
    expect(shown).toHaveProperty('pictures', [picture]);
    expect(JSON.stringify(shown)).toBe(JSON.stringify(record()));
    expect({ ...shown }).not.toHaveProperty('pictures');
    expect(attachPictures(record(), [])).not.toHaveProperty('pictures');
  });

  it('go along with an event into another thread', () => {
    const sent = structuredClone({ event: eventOf(record(), attachPictures(record(), [picture])), pictures: undefined });
    expect(picturesOfEvent(sent.event)).toBeUndefined();
    const told = eventOf(record(), attachPictures(record(), [picture]));
    const heard = structuredClone({ event: told, pictures: picturesOfEvent(told) });
    restorePictures(heard.event, heard.pictures);
    expect(heard.event.completions.map(({ pictures }) => pictures)).toEqual([undefined, [picture]]);
    restorePictures(sent.event, undefined);
    expect(sent.event.completions.map(({ pictures }) => pictures)).toEqual([undefined, undefined]);
  });
});
