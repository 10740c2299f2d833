/** Small helpers for the page's elements. */
import { withMinus } from '../core/text.ts';

/** The element of that id in the page's HTML. Throws if it is missing or of another class: a mistake of ours. */
export function byId<E extends Element>(id: string, kind: new () => E): E {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new TypeError(`page: no ${kind.name} with the id ${id}`);
}

/** A new element with text and attributes. */
export function make(name: string, attributes: Readonly<Record<string, string>> = {}, ...content: readonly (Node | string)[]): HTMLElement {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

/** A new SVG element. */
export function makeSvg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** Writes text where it differs, so that nothing is laid out anew for nothing. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A number for people: whole ones as they are, others with so many decimals; a real minus sign. */
export function showNumber(value: number, decimals = 2): string {
  return withMinus(Number.isInteger(value) ? String(value) : value.toFixed(decimals));
}
