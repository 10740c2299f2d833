/** `<cohort-run>`: a shared run that a page shows, trains again and compares, in a shadow tree of its own. */
import type { Policy } from '../browser/index.ts';
import {
  aboutSeconds,
  CohortError,
  describeVerification,
  describeWork,
  type PageWorkerOptions,
  type RunLink,
  readRunLink,
  type Verification,
  verifyRun,
} from '../browser/share.ts';
import { make, setText } from '../page/dom.ts';
import { Curve } from './curve.ts';
import { playNewest } from './picture.ts';
import { style } from './style.ts';

/** Where the element stands; `data-state` of its card, for style sheets and tests. */
type State = 'empty' | 'refused' | 'ready' | 'running' | Verification['outcome'] | 'failed';

/** A mistake of the link in the words of its error; anything else with its kind. */
function sentenceOf(error: unknown): string {
  return error instanceof CohortError ? `This run cannot be shown. ${error.message}` : `Something went wrong: ${String(error)}`;
}

/** What runs, in a few words: `CartPole-v1, GPG, seed 3`. */
function titleOf({ resolved: { env, algorithm, seed } }: RunLink): string {
  return `${env}, ${algorithm.toUpperCase()}, seed ${seed}`;
}

/** What stands in small letters: what to know of the version, and at the end the hash of what came out. */
function noteOf({ notes }: RunLink, { parametersSha256 }: Partial<Verification>): string {
  return [...notes, ...(parametersSha256 === undefined ? [] : [`SHA-256 of the parameters: ${parametersSha256}`])].join(' ');
}

/** The parts of the shadow tree. */
class View {
  readonly card: HTMLElement;
  readonly title: HTMLElement = make('p', { class: 'title' });
  readonly what: HTMLElement = make('p', { class: 'what' });
  readonly note: HTMLElement = make('p', { class: 'note' });
  readonly canvas: HTMLCanvasElement = make('canvas', { role: 'img', width: '600', height: '400' }) as HTMLCanvasElement;
  readonly curve: Curve = new Curve();
  readonly views: HTMLElement;
  readonly progress: HTMLProgressElement = make('progress', { max: '1', value: '0', 'aria-label': 'Training' }) as HTMLProgressElement;
  /** Beside the bar, for eyes: nobody wants to hear a number ten times a second. */
  readonly count: HTMLElement = make('p', { class: 'count', 'aria-hidden': 'true' });
  readonly said: HTMLElement = make('p', { class: 'said', role: 'status' });
  readonly button: HTMLButtonElement = make('button', { type: 'button' }) as HTMLButtonElement;

  constructor(root: ShadowRoot) {
    this.views = make('div', { class: 'views' }, this.canvas, this.curve.element);
    const foot = make('div', { class: 'foot' }, this.said, this.button);
    this.card = make(
      'section',
      { class: 'card', part: 'card' },
      this.title,
      this.what,
      this.note,
      this.views,
      this.progress,
      this.count,
      foot,
    );
    root.append(make('style', {}, style), this.card);
  }

  /** Shows what belongs to a state, and says something. */
  enter(state: State, said: string): void {
    const isRunning = state === 'running';
    this.card.dataset.state = state;
    const isRead = state !== 'empty' && state !== 'refused';
    this.views.hidden = !isRead || state === 'ready';
    this.progress.hidden = !isRunning;
    this.count.hidden = !isRunning;
    this.button.hidden = !isRead;
    setText(this.button, isRunning ? 'Stop' : state === 'ready' ? 'Run it here' : 'Run it again');
    setText(this.said, said);
  }

  /** Dark where the text is light: whoever set the colors. */
  readonly theme = (): 'light' | 'dark' => {
    const [red = 0, green = 0, blue = 0] = (getComputedStyle(this.card).color.match(/[\d.]+/g) ?? []).map(Number);
    return red + green + blue > 384 ? 'dark' : 'light';
  };
}

/** Makes the class of the element; in a function, so that a server can load the module. */
export function createRunElement(worker: PageWorkerOptions): CustomElementConstructor {
  return class CohortRun extends HTMLElement {
    static readonly observedAttributes = ['link', 'max-steps'];
    readonly #view = new View(this.attachShadow({ mode: 'open' }));
    #link: RunLink | undefined;
    /** Ends the training and the picture. */
    #cancel: AbortController | undefined;

    connectedCallback(): void {
      this.#view.button.onclick = () => (this.#view.card.dataset.state === 'running' ? this.#cancel?.abort() : void this.run());
      addEventListener('hashchange', this.#readAddress);
      this.#read();
    }

    disconnectedCallback(): void {
      removeEventListener('hashchange', this.#readAddress);
      this.#cancel?.abort();
    }

    attributeChangedCallback(): void {
      if (this.isConnected) this.#read();
    }

    /** Trains the run again and compares; what the button does. Resolves once it has ended, also where it failed. */
    async run(): Promise<void> {
      const link = this.#link;
      if (!link || this.#view.card.dataset.state === 'running') return;
      this.#cancel?.abort();
      const cancel = new AbortController();
      this.#cancel = cancel;
      const { curve, progress } = this.#view;
      curve.clear();
      progress.value = 0;
      this.#view.enter('running', 'Training ...');
      try {
        const verification = await verifyRun(link, {
          ...worker,
          signal: cancel.signal,
          threads: Number(this.getAttribute('threads') ?? 1),
          onTraining: (training) => this.#play(link, () => training.snapshot(), cancel.signal),
          onProgress: ({ iteration, iterations, metrics, timeLeft }) => {
            progress.value = iteration / iterations;
            setText(this.#view.count, `iteration ${iteration} of ${iterations}, ${aboutSeconds(timeLeft)} left`);
            const value = metrics['charts/episodic_return'];
            if (value !== undefined) curve.add(iteration, iterations, value);
          },
        });
        if (this.#cancel !== cancel) return;
        this.#view.enter(
          verification.outcome,
          verification.same ? `The same bits after ${link.iterations} iterations.` : describeVerification(verification),
        );
        setText(this.#view.note, noteOf(link, verification));
        this.dispatchEvent(new CustomEvent('cohort-verified', { detail: verification, bubbles: true, composed: true }));
      } catch (error) {
        if (this.#cancel === cancel) this.#view.enter('failed', sentenceOf(error));
      }
    }

    readonly #readAddress = (): void => {
      if (!this.hasAttribute('link')) this.#read();
    };

    /** Reads the link again: of the attribute, or of the page's own address. */
    #read(): void {
      this.#cancel?.abort();
      this.#cancel = undefined;
      this.#link = undefined;
      const { title, what, note } = this.#view;
      for (const element of [title, what, note]) setText(element, '');
      const text = this.getAttribute('link') ?? (location.hash.startsWith('#run=') ? location.hash : '');
      if (text === '') {
        this.#view.enter('empty', 'There is no run in this address.');
        return;
      }
      void this.#open(text);
    }

    async #open(text: string): Promise<void> {
      const { title, what, note } = this.#view;
      const reading = new AbortController();
      this.#cancel = reading;
      try {
        const steps = this.getAttribute('max-steps');
        const limits = steps === null ? {} : { limits: { steps: Number(steps), multiplications: Number.POSITIVE_INFINITY } };
        const link = await readRunLink(text, limits);
        // Another one was given meanwhile, or the element is gone.
        if (reading.signal.aborted) return;
        this.#link = link;
        setText(title, titleOf(link));
        setText(what, `${link.iterations} iterations, ${describeWork(link.work)}. Nothing has run yet.`);
        setText(note, noteOf(link, {}));
        this.#view.canvas.setAttribute('aria-label', `The newest policy playing ${link.resolved.env}`);
        this.#view.enter('ready', '');
        if (this.hasAttribute('autostart')) void this.run();
      } catch (error) {
        if (!reading.signal.aborted) this.#view.enter('refused', sentenceOf(error));
      }
    }

    #play({ resolved: { env, envOptions, seed }, iterations, work }: RunLink, newest: () => Promise<Policy>, signal: AbortSignal): void {
      const { canvas, card, theme, what } = this.#view;
      setText(what, `${iterations} iterations, ${describeWork(work)}.`);
      const isTraining = (): boolean => card.dataset.state === 'running';
      // What made the training fail is told by it; a picture that cannot be drawn takes nothing away.
      playNewest(canvas, { env, envOptions, seed }, newest, isTraining, { theme, signal }).catch(() => undefined);
    }
  };
}
