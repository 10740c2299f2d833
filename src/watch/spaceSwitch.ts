/** The button that changes between the flat picture and the view in space, where a task has bodies in space. */
import type { Scene } from '../browser/index.ts';
import { spaceOf } from '../envs/draw/space.ts';
import type { SpatialScene } from '../envs/index.ts';
import { byId, setText } from '../page/dom.ts';
import { turningHelp } from '../page/space/listen.ts';
import { openSpaceView } from '../page/space/open.ts';
import type { SpaceView } from '../page/space/spaceView.ts';
import { preferredTheme } from '../page/stage.ts';
import type { WatchSpace } from './protocol.ts';

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The bodies of a scene in space, or what is wrong with their record, or neither where there are none. */
function read(scene: Scene | undefined): { readonly space?: SpatialScene | undefined; readonly problem?: string } {
  try {
    return { space: spaceOf(scene) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** The view in space of the page. The flat picture is what is seen until it is there, and where it cannot be. */
export class SpaceSwitch {
  readonly #button = byId('space', HTMLButtonElement);
  readonly #flat = byId('picture', HTMLCanvasElement);
  readonly #note = byId('space-note', HTMLElement);
  readonly #settings: WatchSpace;
  readonly #announce: (text: string) => void;
  /** A canvas of its own: what was drawn on flat takes no WebGL. */
  #canvas: HTMLCanvasElement | undefined;
  #view: SpaceView | undefined;
  #opening: Promise<void> | undefined;
  #isOn = false;
  #label = '';

  /** `settings` is what the command said; `announce` tells people who cannot see the picture. */
  constructor(settings: WatchSpace, announce: (text: string) => void) {
    this.#settings = settings;
    this.#announce = announce;
  }

  /** Whether the view in space is what is seen. */
  get isShown(): boolean {
    return this.#isOn && this.#view !== undefined;
  }

  /** A session begins: `label` says what is seen, `scene` whether it can be seen in space. */
  begin(label: string, scene: Scene | undefined): boolean {
    this.#label = label;
    const { space, problem = '' } = read(scene);
    this.#button.hidden = !space;
    if (!space) this.#leave(problem);
    this.#canvas?.setAttribute('aria-label', this.#text());
    this.#view?.lookAsAtFirst();
    return space !== undefined;
  }

  /** Shows the view in space, or the flat picture again. */
  async toggle(): Promise<void> {
    if (this.#button.hidden) {
      this.#leave('This task has no bodies to be seen in space.');
      return;
    }
    if (this.#isOn) {
      this.#leave('');
      this.#announce('flat picture');
      return;
    }
    const { install } = this.#settings;
    if (install !== undefined) {
      this.#leave(`The view in space needs an optional package: ${install}, then start the command again.`);
      return;
    }
    this.#isOn = true;
    this.#show();
    try {
      this.#opening ??= this.#open();
      await this.#opening;
      if (!this.#isOn) return;
      this.#show();
      this.#announce('view in space');
    } catch (error) {
      this.#leave(`${messageOf(error)} The flat picture stays.`);
    }
  }

  /** Draws the scene, where the view is there and shown. */
  draw(scene: Scene | undefined): void {
    if (!this.isShown) return;
    const { space, problem = '' } = read(scene);
    if (space) this.#view?.draw(space);
    else this.#leave(problem);
  }

  /** Opens the view, once; again after it was lost, or could not be opened. */
  async #open(): Promise<void> {
    const canvas = document.createElement('canvas');
    canvas.id = 'solid';
    canvas.tabIndex = 0;
    canvas.hidden = true;
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', this.#text());
    canvas.setAttribute('aria-describedby', this.#note.id);
    this.#flat.after(canvas);
    this.#canvas?.remove();
    this.#canvas = canvas;
    const lost = (): void => {
      this.#view?.close();
      this.#view = undefined;
      this.#opening = undefined;
      this.#leave('The graphics card gave the view in space up. The flat picture stays.');
    };
    try {
      this.#view = await openSpaceView(canvas, { theme: preferredTheme(), lost });
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }

  #text(): string {
    return `${this.#label}, in space`;
  }

  /** The flat picture, with something to say. */
  #leave(text: string): void {
    this.#isOn = false;
    this.#show();
    setText(this.#note, text);
    this.#note.hidden = text === '';
  }

  #show(): void {
    const [isOn, isThere] = [this.#isOn, this.isShown];
    this.#button.setAttribute('aria-pressed', String(isOn));
    this.#flat.hidden = isThere;
    if (this.#canvas) this.#canvas.hidden = !isThere;
    setText(this.#note, isThere ? turningHelp : 'loading …');
    this.#note.hidden = !isOn;
  }
}
