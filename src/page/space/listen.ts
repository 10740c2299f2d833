/** Turns a view in space by pointer, wheel, touch and keys. */
import type { Turn } from './orbit.ts';

/** Degrees for a drag across the whole height of the picture: MuJoCo's viewer turns as far. */
const degreesPerHeight = 180;
/** Degrees of one press of an arrow key. */
const keyDegrees = 6;
/** One press of Page Up or Page Down, and how much a wheel's notch of 100 pixels moves. */
const zoomStep = 1.15;

/** What each key does; the page's own keys are others, or are left to it while the picture has no focus. */
const keys: Readonly<Record<string, Turn | 'home'>> = {
  ArrowLeft: { azimuth: -keyDegrees },
  ArrowRight: { azimuth: keyDegrees },
  ArrowUp: { elevation: -keyDegrees },
  ArrowDown: { elevation: keyDegrees },
  PageUp: { distance: 1 / zoomStep },
  PageDown: { distance: zoomStep },
  Home: 'home',
};

/** How to turn the view, in a sentence. */
export const turningHelp =
  'Drag to turn, wheel or two fingers to come closer. With the picture in focus: arrow keys, Page Up and Page Down; Home goes back.';

const distanceBetween = ([a, b]: readonly (readonly [x: number, y: number])[]): number => Math.hypot(a![0] - b![0], a![1] - b![1]);

/** Calls `turn` whenever a person turns the picture, and `home` when it is to be as at first. */
export function listenToTurns(picture: HTMLElement, turn: (by: Turn) => void, home: () => void): void {
  /** Fingers, or a mouse button, that are down. */
  const down = new Map<number, readonly [x: number, y: number]>();
  picture.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'mouse' && event.button !== 0) return;
    // The moves come here too when the pointer has left the picture.
    picture.setPointerCapture(event.pointerId);
    down.set(event.pointerId, [event.clientX, event.clientY]);
  });
  picture.addEventListener('pointermove', (event) => {
    const before = down.get(event.pointerId);
    if (!before) return;
    const between = down.size === 2 ? distanceBetween([...down.values()]) : 0;
    down.set(event.pointerId, [event.clientX, event.clientY]);
    if (down.size === 2) {
      turn({ distance: between / Math.max(distanceBetween([...down.values()]), 1) });
      return;
    }
    const scale = degreesPerHeight / Math.max(picture.clientHeight, 1);
    turn({ azimuth: -scale * (event.clientX - before[0]), elevation: -scale * (event.clientY - before[1]) });
  });
  for (const name of ['pointerup', 'pointercancel'] as const) picture.addEventListener(name, ({ pointerId }) => down.delete(pointerId));
  picture.addEventListener(
    'wheel',
    (event) => {
      // With the control key the browser itself zooms.
      if (event.ctrlKey) return;
      event.preventDefault();
      // Lines and pages of a wheel are larger than pixels.
      const pixels = event.deltaY * [1, 16, 400][event.deltaMode]!;
      turn({ distance: zoomStep ** (Math.max(Math.min(pixels, 300), -300) / 100) });
    },
    { passive: false },
  );
  picture.addEventListener('dblclick', home);
  picture.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    const by = keys[event.key]!;
    if (by === 'home') home();
    else turn(by);
  });
}
