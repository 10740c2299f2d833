/** The view in space of the watch page, in a Chromium that draws it by software. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { executablePath, WatchPage } from './watchPage.ts';

const software = ['--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'];
const isThree = (url: string): boolean => url.includes('/three/');

describe.skipIf(executablePath === undefined)('the view in space', () => {
  const watch = new WatchPage(software);
  afterEach(async () => {
    await watch.close();
    expect(watch.complaints).toEqual([]);
  });
  afterAll(() => watch.closeAll());

  /** The digest of the picture in space at this moment. */
  const glance = async (): Promise<string> =>
    createHash('sha256')
      .update(await watch.page.locator('#solid').screenshot())
      .digest('hex');

  /** The same, once two looks at it are alike. */
  const look = async (): Promise<string> => {
    let before = '';
    await expect
      .poll(
        async () => {
          const now = await glance();
          const isSame = now === before;
          before = now;
          return isSame;
        },
        { timeout: 30_000 },
      )
      .toBe(true);
    return before;
  };

  it('opens when it is asked for and not before, moves with the bodies, turns by pointer, wheel and keys, and closes', async () => {
    await watch.open(await watch.trainTiny('ant', { env: 'Ant-v5' }));
    const { page } = watch;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await watch.press('Space', 'r');
    await watch.waitFor('steps', '0');
    await page.locator('#picture').waitFor();
    expect(await page.locator('#solid').count()).toBe(0);
    await watch.click('In space');
    const solid = page.locator('#solid');
    await solid.waitFor();
    expect(await page.locator('#picture').isVisible()).toBe(false);
    expect(asked.filter(isThree).map((url) => url.split('/').at(-1))).toEqual(['three.module.js', 'three.core.js']);
    expect(await solid.getAttribute('aria-label')).toContain('Ant-v5');
    await watch.waitFor('space-note', 'Drag to turn');

    // The ring of the focus is no part of the picture.
    await solid.evaluate((canvas) => {
      canvas.style.outline = 'none';
    });
    const atFirst = await look();
    await watch.press('.', '.', '.');
    await watch.waitFor('steps', '3');
    const later = await look();
    expect(later).not.toBe(atFirst);
    // What a person does to the camera, each undone by Home, which gives the very picture again.
    const box = (await solid.boundingBox())!;
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const fingers = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...away: number[]) =>
      fingers.send('Input.dispatchTouchEvent', { type, touchPoints: away.map((dx, id) => ({ x: x + dx, y, id })) });
    await fingers.send('Emulation.setTouchEmulationEnabled', { enabled: true, maxTouchPoints: 2 });
    const turns: Record<string, () => Promise<void>> = {
      'one finger': async () => {
        await touch('touchStart', 0);
        await touch('touchMove', -60);
        await touch('touchEnd');
      },
      'two fingers': async () => {
        await touch('touchStart', -20, 20);
        await touch('touchMove', -50, 50);
        await touch('touchEnd');
      },
      drag: async () => {
        await page.mouse.move(x, y);
        await page.mouse.down();
        await page.mouse.move(x + 80, y + 30);
        await page.mouse.up();
      },
      wheel: async () => {
        await page.mouse.move(x, y);
        await page.mouse.wheel(0, -200);
      },
      arrow: async () => watch.press('ArrowRight'),
      'Page Down': async () => watch.press('PageDown'),
    };
    const seen = new Set([later]);
    for (const [name, turn] of Object.entries(turns)) {
      await solid.focus();
      await turn();
      seen.add(await look());
      expect([name, seen.size]).toEqual([name, Object.keys(turns).indexOf(name) + 2]);
      await watch.press('Home');
      expect(await look()).toBe(later);
    }
    // The arrow turned the picture and did no step.
    expect(await watch.text('steps')).toBe('3');

    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await look()).not.toBe(later);
    await page.setViewportSize({ width: 340, height: 700 });
    await look();
    const small = (await solid.boundingBox())!;
    expect(small.width).toBeLessThan(340);
    expect(small.width / small.height).toBeCloseTo(1.5, 1);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(340);

    await watch.press('v');
    await page.locator('#picture').waitFor();
    expect(await solid.isVisible()).toBe(false);
    expect(await page.locator('#space-note').isVisible()).toBe(false);
  });

  it('is the first thing to be seen with --view space, for a task that moves in a plane too', async () => {
    await watch.open(await watch.trainTiny('cheetah', { env: 'HalfCheetah-v5' }), '--view', 'space');
    await watch.page.locator('#solid').waitFor();
    const before = await glance();
    await expect.poll(glance, { timeout: 30_000 }).not.toBe(before);
  });

  it('is not offered where a task has no bodies in space', async () => {
    await watch.open(await watch.trainTiny('cartpole', { env: 'CartPole-v1' }), '--view', 'space');
    await watch.waitFor('space-note', 'This task has no bodies to be seen in space.');
    expect(await watch.page.locator('#space').isVisible()).toBe(false);
    expect(await watch.page.locator('#picture').isVisible()).toBe(true);
  });

  it('says in words what is missing, and the flat picture stays: WebGL, then the package', async () => {
    const run = await watch.trainTiny('missing', { env: 'InvertedPendulum-v5' });
    await watch.open(run);
    const { page } = watch;
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.evaluate(() => {
      HTMLCanvasElement.prototype.getContext = () => null;
    });
    await watch.press('v');
    await watch.waitFor('space-note', 'The view in space needs WebGL 2, which this browser does not give. The flat picture stays.');
    expect(await page.locator('#picture').isVisible()).toBe(true);
    expect(await page.locator('#space').getAttribute('aria-pressed')).toBe('false');
    expect(asked.filter(isThree)).toEqual([]);

    const state = await page.evaluate(async () => (await fetch('run.json')).json());
    const space = { chosen: false, install: 'npm install three@0.0.0' };
    await page.route('**/run.json', (route) => route.fulfill({ json: { ...state, space } }));
    await page.reload();
    await page.locator('#loading').waitFor({ state: 'hidden' });
    await watch.press('v');
    await watch.waitFor('space-note', 'The view in space needs an optional package: npm install three@0.0.0');
    expect(await page.locator('#picture').isVisible()).toBe(true);
    expect(asked.filter(isThree)).toEqual([]);
  });
});
