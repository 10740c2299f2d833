/** What Node and pages bring, as it is there. */
import { describe, expect, it } from 'vitest';
import { webPlatform } from '../../src/run/web.ts';

describe('the platform of sinks', () => {
  it('waits until the time is over, or the signal aborts', async () => {
    const controller = new AbortController();
    await webPlatform.wait(1, controller.signal);
    const long = webPlatform.wait(1e6, controller.signal);
    controller.abort();
    await long;
    await webPlatform.wait(1e6, controller.signal);
  });

  it('asks by fetch, tells the time in local time, and draws bytes', async () => {
    const response = await webPlatform.fetch('data:text/plain,hello', { method: 'GET' });
    expect(await response.text()).toBe('hello');
    const moment = new Date(2025, 10, 21, 1, 48, 5);
    expect(webPlatform.timeStamp(moment.getTime())).toBe('20251121_014805');
    expect(Math.abs(webPlatform.now() - Date.now())).toBeLessThan(1e7);
    expect(new Set(Array.from({ length: 3 }, () => webPlatform.randomBytes(8).join()))).toHaveLength(3);
  });
});
