import { describe, expect, it, vi } from 'vitest';
import { whenAborted } from '../../src/core/aborted.ts';

describe('waiting for a signal', () => {
  it('tells all who wait, once each, and none who stopped waiting', () => {
    const controller = new AbortController();
    const told: string[] = [];
    whenAborted(controller.signal, () => void told.push('first'));
    const forget = whenAborted(controller.signal, () => void told.push('forgotten'));
    const again = (): void => void told.push('twice');
    whenAborted(controller.signal, again);
    whenAborted(controller.signal, again);
    forget();
    forget();
    controller.abort();
    controller.abort();
    expect(told).toEqual(['first', 'twice', 'twice']);
  });

  it('tells at once where the signal has aborted, and never where there is none', () => {
    const hear = vi.fn();
    whenAborted(AbortSignal.abort(), hear)();
    expect(hear).toHaveBeenCalledTimes(1);
    whenAborted(undefined, hear)();
    expect(hear).toHaveBeenCalledTimes(1);
  });

  // From the eleventh listener on Node 20 warns of a leak, on the standard error of whoever runs many things at once.
  it('gives a signal one listener, however many wait and however often', () => {
    const { signal } = new AbortController();
    const listen = vi.spyOn(signal, 'addEventListener');
    const forgets = Array.from({ length: 100 }, () => whenAborted(signal, () => {}));
    for (const forget of forgets) forget();
    whenAborted(signal, () => {});
    expect(listen).toHaveBeenCalledTimes(1);
  });
});
