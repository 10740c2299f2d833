/** Keys of the page, and the buttons that stand for keys that drive on a screen that is touched. */

import { type DrivingKey, drivingKey, type Held, keySigns } from '../envs/driving.ts';
import { byId, make } from './dom.ts';

/** What a key or button asks for. */
export type Command =
  | 'pause'
  | 'step'
  | 'slower'
  | 'faster'
  | 'restart'
  | 'next'
  | 'takeOver'
  | 'greedy'
  | 'older'
  | 'newer'
  | 'space'
  | 'help';

/** The keys of each command, and what it does; the help shows this table. */
export const commands: Readonly<Record<Command, { readonly keys: readonly string[]; readonly text: string }>> = {
  pause: { keys: ['space'], text: 'pause or play' },
  step: { keys: ['.', '→'], text: 'one step, when paused (→ not while you drive)' },
  slower: { keys: ['-'], text: 'slower, down to a tenth of real time' },
  faster: { keys: ['+'], text: 'faster, up to sixteen times real time' },
  next: { keys: ['N'], text: 'skip to the next episode' },
  restart: { keys: ['R'], text: 'begin again with the next seed' },
  older: { keys: ['['], text: 'an older checkpoint, same episode' },
  newer: { keys: [']'], text: 'a newer checkpoint, same episode' },
  greedy: { keys: ['G'], text: 'greedy or sampled actions' },
  takeOver: { keys: ['T'], text: 'take over with the keys, or hand back' },
  space: { keys: ['V'], text: 'the view in space, or the flat picture' },
  help: { keys: ['?'], text: 'this list' },
};

const byKey = new Map(
  Object.entries(commands).flatMap(([command, { keys }]) => keys.map((key) => [key.toLowerCase(), command as Command] as const)),
);
/** Keys as the table writes them; the last two are - with the shift key, and + without. */
const written = new Map([
  [' ', 'space'],
  ['ArrowRight', '→'],
  ['_', '-'],
  ['=', '+'],
]);

/** What the keyboard needs to know, and whom it tells. */
export interface KeyboardOptions {
  readonly isDriving: () => boolean;
  readonly isPaused: () => boolean;
  readonly run: (command: Command) => void;
  /** Called whenever the keys that are held change; newest last. */
  readonly hold: (held: Held) => void;
}

/** Whether an element uses that key itself. */
function usesKey(element: Element | null, key: string): boolean {
  if (element instanceof HTMLInputElement) return element.type !== 'range' || key.startsWith('Arrow');
  if (element instanceof HTMLSelectElement) return true;
  // A picture that takes the focus is turned by them.
  if (element instanceof HTMLCanvasElement) return key.startsWith('Arrow');
  return element instanceof HTMLButtonElement && (key === ' ' || key === 'Enter');
}

/** Listens to the keys of the page. */
export function listenToKeys(options: KeyboardOptions): { setPad(keys: Held): void } {
  let held: Held = [];
  const dialog = byId('help', HTMLDialogElement);
  const pad = byId('pad', HTMLElement);
  const change = (changed: DrivingKey, down: boolean): void => {
    held = [...held.filter((other) => other !== changed), ...(down ? [changed] : [])];
    for (const button of pad.querySelectorAll('button')) {
      button.classList.toggle('held', held.includes(button.dataset.key as DrivingKey));
    }
    options.hold(held);
  };
  const letGo = (): void => {
    for (const key of held) change(key, false);
  };

  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    const { key } = event;
    const drives = drivingKey(key);
    if (usesKey(document.activeElement, key)) return;
    if (drives !== undefined && options.isDriving()) {
      event.preventDefault();
      if (!event.repeat) change(drives, true);
      return;
    }
    const command = byKey.get((written.get(key) ?? key).toLowerCase());
    if (command === undefined || (key === 'ArrowRight' && !options.isPaused())) return;
    // Only steps and speeds make sense when a key is held down.
    if (event.repeat && !['step', 'slower', 'faster'].includes(command)) return;
    event.preventDefault();
    options.run(command);
  });
  addEventListener('keyup', ({ key }) => {
    const drives = drivingKey(key);
    if (drives !== undefined) change(drives, false);
  });
  // A key let go elsewhere is never reported.
  addEventListener('blur', letGo);
  // After a click the space bar pauses again, instead of clicking once more; who moves with the tab key keeps the focus.
  document.addEventListener('click', (event) => {
    const button = (event.target as Element).closest('button');
    if (event.detail > 0 && button && !dialog.open) button.blur();
  });
  byId('checkpoint', HTMLInputElement).addEventListener('pointerup', (event) => (event.target as HTMLElement).blur());

  return {
    setPad(keys) {
      letGo();
      const buttons = keys.map((key) => {
        const button = make('button', { type: 'button', 'data-key': key, 'aria-label': `${key} key` }, keySigns[key]);
        button.addEventListener('pointerdown', (event) => {
          event.preventDefault();
          // The release comes here too when the finger has slipped away.
          button.setPointerCapture(event.pointerId);
          change(key, true);
        });
        for (const name of ['pointerup', 'pointercancel'] as const) button.addEventListener(name, () => change(key, false));
        return button;
      });
      pad.replaceChildren(...buttons);
    },
  };
}

/** Fills the list of the help, without the commands that mean nothing here; `driving` says how to drive. */
export function writeHelp(without: readonly Command[], driving: string | undefined): void {
  const rows = Object.entries(commands)
    .filter(([command]) => !without.includes(command as Command))
    .flatMap(([, { keys, text }]) => [
      make('dt', {}, ...keys.flatMap((key, k) => (k === 0 ? [make('kbd', {}, key)] : [' ', make('kbd', {}, key)]))),
      make('dd', {}, text),
    ]);
  byId('keys', HTMLElement).replaceChildren(...rows);
  byId('help-driving', HTMLElement).textContent = driving === undefined ? '' : `While you drive: ${driving}`;
}
