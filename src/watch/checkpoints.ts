/** Which policy plays: run, checkpoint, and new checkpoints of a run that still trains. */

import { byId, make, setText } from '../page/dom.ts';
import type { NamedPolicy } from '../page/session.ts';
import { fetchPolicy, fetchState, keyOf, Refusal } from './policies.ts';
import type { WatchCheckpoint, WatchSource, WatchState } from './protocol.ts';

/** How often the list is asked for while the run trains, and after that, in milliseconds. */
const pollWhileTraining = 2500;
const pollAfter = 10_000;

const newest = 'newest';

/** Whom the choice is told. */
export interface CheckpointListener {
  /** Another policy; `now` if somebody chose it, else the newest one came out by itself. */
  policy(policy: NamedPolicy, now: boolean): void;
  /** Another run of the folder was chosen, and this is its chosen policy. */
  source(source: WatchSource, policy: NamedPolicy): void;
  /** What is shown as chosen: after every choice, and whenever the server was asked. */
  shown(source: WatchSource, checkpoint: WatchCheckpoint): void;
  failed(error: unknown): void;
}

/** The slider of checkpoints and the list of runs. */
export class Checkpoints {
  readonly #slider = byId('checkpoint', HTMLInputElement);
  readonly #name = byId('checkpoint-name', HTMLElement);
  readonly #select = byId('source', HTMLSelectElement);
  readonly #connection = byId('connection', HTMLElement);
  readonly #listener: CheckpointListener;
  #state: WatchState;
  #source = 0;
  /** The run that plays, or soon will: the policies of another are told with their run. */
  #playing = 0;
  /** The address of one, or the newest there is. */
  #chosen = newest;
  #shown = '';
  // Of two loads the later wins, whichever ends first.
  #load = 0;

  constructor(state: WatchState, listener: CheckpointListener) {
    this.#state = state;
    this.#listener = listener;
    this.#slider.addEventListener('input', () => this.#choose(Number(this.#slider.value)));
    this.#select.addEventListener('change', () => {
      this.#source = this.#select.selectedIndex;
      this.#chosen = newest;
      this.#shown = '';
      this.#write();
      this.#use(true);
    });
    byId('source-field', HTMLElement).hidden = state.sources.length < 2;
    this.#select.replaceChildren(...state.sources.map(({ name }) => make('option', {}, name)));
    this.#write();
  }

  /** The run that was chosen. */
  get source(): WatchSource {
    return this.#state.sources[this.#source]!;
  }

  /** The checkpoint that was chosen. */
  get checkpoint(): WatchCheckpoint {
    const { checkpoints } = this.source;
    const chosen = this.#chosen === newest ? undefined : checkpoints.find(({ url }) => url === this.#chosen);
    return chosen ?? checkpoints.at(-1)!;
  }

  /** The chosen policy, for a start. */
  async first(): Promise<NamedPolicy> {
    this.#shown = keyOf(this.checkpoint);
    return this.#fetch(this.checkpoint);
  }

  async #fetch(checkpoint: WatchCheckpoint): Promise<NamedPolicy> {
    return { policy: await fetchPolicy(checkpoint, this.source), name: checkpoint.name };
  }

  /** One checkpoint older or newer. */
  shift(by: 1 | -1): void {
    const index = this.source.checkpoints.indexOf(this.checkpoint) + by;
    if (index >= 0 && index < this.source.checkpoints.length) this.#choose(index);
  }

  /** Begins to ask the server for new checkpoints. */
  poll(): void {
    const again = async (): Promise<void> => {
      try {
        this.#state = await fetchState();
        this.#connection.hidden = true;
        this.#write();
        this.#use(false);
      } catch (error) {
        const ended = 'the command has ended; this page plays on with what it has';
        setText(this.#connection, error instanceof Refusal ? error.message : ended);
        this.#connection.hidden = false;
      }
      setTimeout(() => void again(), this.#state.sources.some(({ training }) => training) ? pollWhileTraining : pollAfter);
    };
    setTimeout(() => void again(), pollWhileTraining);
  }

  #choose(index: number): void {
    const { checkpoints } = this.source;
    this.#chosen = index === checkpoints.length - 1 ? newest : checkpoints[index]!.url;
    this.#write();
    this.#use(true);
  }

  /** Loads the chosen checkpoint unless it is there already. */
  #use(now: boolean): void {
    const { checkpoint } = this;
    const key = keyOf(checkpoint);
    if (key === this.#shown) return;
    this.#shown = key;
    const load = ++this.#load;
    const [index, source] = [this.#source, this.source];
    this.#fetch(checkpoint).then(
      (policy) => {
        if (load !== this.#load) return;
        if (index === this.#playing) return this.#listener.policy(policy, now);
        this.#playing = index;
        this.#listener.source(source, policy);
      },
      (error: unknown) => this.#listener.failed(error),
    );
  }

  #write(): void {
    const { checkpoints } = this.source;
    const index = checkpoints.indexOf(this.checkpoint);
    this.#slider.max = String(checkpoints.length - 1);
    this.#slider.value = String(index);
    this.#slider.hidden = checkpoints.length < 2;
    const follows = checkpoints.length > 1 && this.#chosen === newest ? ', newest' : '';
    const text = `${this.checkpoint.name}${follows}${this.source.training ? ', training' : ''}`;
    setText(this.#name, text);
    this.#slider.setAttribute('aria-valuetext', text);
    this.#listener.shown(this.source, this.checkpoint);
  }
}
