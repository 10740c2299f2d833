/** The card with the run's learning curve, and the chosen checkpoint in it. */
import { byId, make, makeSvg, setText } from '../page/dom.ts';
import { type CurveChart, chartOf, lineNames } from './chart.ts';
import { fetchCurve, keyOf } from './policies.ts';
import type { WatchCheckpoint, WatchCurve, WatchSource } from './protocol.ts';

const percent = (part: number): string => `${100 * part}%`;

/** Shows the curve of the chosen run. */
export class CurveCard {
  readonly #card = byId('curve-card', HTMLElement);
  readonly #picture = byId('curve', HTMLElement);
  readonly #legend = byId('curve-legend', HTMLElement);
  readonly #message = byId('curve-message', HTMLElement);
  readonly #thresholdOf: (env: string) => number | undefined;
  #curve: WatchCurve | undefined;
  /** Which file was asked for. */
  #asked = '';
  #shown: { readonly source: WatchSource; readonly checkpoint: WatchCheckpoint } | undefined;

  /** `thresholdOf` says from which return a task counts as solved. */
  constructor(thresholdOf: (env: string) => number | undefined) {
    this.#thresholdOf = thresholdOf;
  }

  /** Shows the curve of a run with that checkpoint marked, and asks for it again where it has grown. */
  show(source: WatchSource, checkpoint: WatchCheckpoint): void {
    const isOther = this.#shown?.source.curve?.url !== source.curve?.url;
    this.#shown = { source, checkpoint };
    this.#card.hidden = source.curve === undefined;
    if (isOther) this.#curve = undefined;
    this.#draw();
    const { curve } = source;
    if (!curve || keyOf(curve) === this.#asked) return;
    const key = keyOf(curve);
    this.#asked = key;
    fetchCurve(curve).then(
      (found) => {
        if (key !== this.#asked) return;
        this.#curve = found;
        setText(this.#message, '');
        this.#draw();
      },
      (error: unknown) => {
        if (key === this.#asked) setText(this.#message, error instanceof Error ? error.message : String(error));
      },
    );
  }

  #draw(): void {
    const { source, checkpoint } = this.#shown!;
    const threshold = this.#thresholdOf(source.env);
    const chart = this.#curve && chartOf(this.#curve, { checkpoint, threshold });
    this.#picture.hidden = this.#legend.hidden = chart === undefined;
    if (!chart) {
      if (this.#curve) setText(this.#message, 'No episode has ended yet.');
      return;
    }
    this.#picture.setAttribute('aria-label', chart.text);
    this.#picture.replaceChildren(...picture(chart));
    const entry = (kind: string, text: string): HTMLElement => make('li', {}, make('span', { class: `key ${kind}` }), text);
    this.#legend.replaceChildren(
      ...chart.lines.map(({ name }) => entry(name, lineNames[name])),
      ...(chart.threshold === undefined ? [] : [entry('threshold', `solved from ${chart.threshold.text}`)]),
      ...(chart.mark ? [entry('mark', checkpoint.name)] : []),
    );
  }
}

/** The drawing is stretched to the card; what must not be, words and the dot of the checkpoint, lies over it. */
function picture({ lines, ticks, end, threshold, mark }: CurveChart): Element[] {
  const svg = makeSvg('svg', { viewBox: '0 0 1 1', preserveAspectRatio: 'none' });
  const horizontal = (name: string, y: number): SVGElement => makeSvg('line', { class: name, x1: 0, x2: 1, y1: y, y2: y });
  svg.append(...ticks.map(({ y }) => horizontal('grid', y)));
  if (threshold !== undefined) svg.append(horizontal('threshold', threshold.y));
  if (mark) svg.append(makeSvg('line', { class: 'mark', x1: mark.x, x2: mark.x, y1: 0, y2: 1 }));
  // The most telling line lies on top.
  for (const { name, places } of lines.toReversed()) {
    svg.append(makeSvg('polyline', { class: name, points: places.map(({ x, y }) => `${x},${y}`).join(' ') }));
  }
  const labels = ticks.map(({ y, text }) => placed(make('span', { class: 'tick' }, text), { y }));
  const dots = lines
    .filter(({ places }) => places.length === 1)
    .map(({ name, places: [at] }) => placed(make('span', { class: `dot ${name}` }), at!));
  const chosen = mark?.y === undefined ? [] : [placed(make('span', { class: 'dot mark' }), { x: mark.x, y: mark.y })];
  return [svg, ...labels, ...dots, ...chosen, make('span', { class: 'start' }, '0'), make('span', { class: 'end' }, end)];
}

/** By its style and not by an attribute, which the page's policy forbids. */
function placed(element: HTMLElement, { x, y }: { readonly x?: number; readonly y: number }): HTMLElement {
  if (x !== undefined) element.style.left = percent(x);
  element.style.top = percent(y);
  return element;
}
