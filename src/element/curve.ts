/** The learning curve of `<cohort-run>`: mean return of the episodes that ended in each iteration. */
import { makeSvg, setText, showNumber } from '../page/dom.ts';

/** As high as the picture beside it, for most tasks. */
const size = { width: 320, height: 213 };
const plot = { left: 46, right: 312, top: 32, bottom: 186 };
/** Points that are drawn at most: a run may have a million iterations. */
const mostPoints = 300;

/** A curve that grows. */
export class Curve {
  readonly element: SVGElement;
  readonly #line: SVGElement;
  readonly #texts: Readonly<Record<'high' | 'low' | 'end', SVGElement>>;
  #points: (readonly [iteration: number, value: number])[] = [];
  #stride = 1;

  constructor() {
    this.element = makeSvg('svg', { viewBox: `0 0 ${size.width} ${size.height}`, role: 'img', 'aria-label': 'Learning curve' });
    const { left, right, top, bottom } = plot;
    const text = (x: number, y: number, anchor: string): SVGElement => makeSvg('text', { x, y, 'text-anchor': anchor });
    this.#texts = { high: text(left - 6, top + 5, 'end'), low: text(left - 6, bottom, 'end'), end: text(right, bottom + 18, 'end') };
    this.#line = makeSvg('polyline', { class: 'curve', points: '' });
    const caption = text(left, top - 14, 'start');
    setText(caption, 'mean return');
    const axis = makeSvg('path', { class: 'axis', d: `M${left} ${top}V${bottom}H${right}` });
    this.element.append(axis, this.#line, caption, ...Object.values(this.#texts));
  }

  /** Begins anew. */
  clear(): void {
    this.#points = [];
    this.#stride = 1;
    this.#line.setAttribute('points', '');
    for (const text of Object.values(this.#texts)) setText(text, '');
  }

  /** Adds the mean return of an iteration, out of so many. */
  add(iteration: number, iterations: number, value: number): void {
    if (!Number.isFinite(value) || (iteration % this.#stride !== 0 && iteration !== iterations)) return;
    this.#points.push([iteration, value]);
    if (this.#points.length > mostPoints) {
      this.#stride *= 2;
      this.#points = this.#points.filter(([at]) => at % this.#stride === 0);
    }
    this.#draw(iterations);
  }

  #draw(iterations: number): void {
    const values = this.#points.map(([, value]) => value);
    const [low, high] = [Math.min(0, ...values), Math.max(...values, 0)];
    const { left, right, top, bottom } = plot;
    const x = (iteration: number): number => left + ((right - left) * iteration) / iterations;
    const y = (value: number): number => bottom - ((bottom - top) * (value - low)) / Math.max(high - low, 1e-9);
    const points = this.#points.map(([iteration, value]) => `${x(iteration).toFixed(1)},${y(value).toFixed(1)}`);
    this.#line.setAttribute('points', points.join(' '));
    setText(this.#texts.high, showNumber(high, 0));
    setText(this.#texts.low, showNumber(low, 0));
    setText(this.#texts.end, `${iterations} iterations`);
    const [, last = 0] = this.#points.at(-1) ?? [];
    this.element.setAttribute(
      'aria-label',
      `Learning curve: mean return ${showNumber(last, 1)} after ${this.#points.at(-1)?.[0]} iterations`,
    );
  }
}
