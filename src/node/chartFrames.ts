/**
 * Where the panels of a drawn chart lie: a page needs it to say which point is under the pointer.
 */
import type { View } from 'vega';
import type { Frame } from '../report/document.ts';

/** What is used of an item of vega's scene graph. */
interface SceneItem {
  readonly x?: number;
  readonly y?: number;
  readonly width?: number;
  readonly height?: number;
  readonly datum?: Readonly<Record<string, unknown>>;
  readonly items?: readonly SceneMark[];
}

interface SceneMark {
  readonly marktype: string;
  readonly name?: string;
  readonly items: readonly SceneItem[];
}

/** A place in pixels with the data that was put there. */
interface Placed {
  readonly pixel: number;
  readonly value: number;
}

/** Points of the lines in a group, wherever they are nested. */
function linePoints(group: SceneItem): SceneItem[] {
  return (group.items ?? []).flatMap(({ marktype, items }) => {
    if (marktype === 'group') return items.flatMap(linePoints);
    return marktype === 'line' || marktype === 'symbol' ? items.filter(({ datum }) => datum !== undefined && 'y' in datum) : [];
  });
}

/** The data at two pixels of a linear axis, from two places that are far apart; `undefined` where all lie at one. */
function domainOf(places: readonly Placed[], from: number, to: number): [number, number] | undefined {
  const [first] = places;
  if (!first) return undefined;
  const far = places.reduce(
    (best, place) => (Math.abs(place.pixel - first.pixel) > Math.abs(best.pixel - first.pixel) ? place : best),
    first,
  );
  if (far.pixel === first.pixel) return undefined;
  const slope = (far.value - first.value) / (far.pixel - first.pixel);
  return [first.value + slope * (from - first.pixel), first.value + slope * (to - first.pixel)];
}

/** The groups of panels in their order: those of a concatenation, or the chart itself. */
function panelsOf(root: SceneItem, left = 0, top = 0): { readonly group: SceneItem; readonly left: number; readonly top: number }[] {
  const groups = (root.items ?? []).filter(({ marktype }) => marktype === 'group');
  const concatenated = groups.filter(({ name }) => /^concat_\d+_group$/.test(name ?? ''));
  if (concatenated.length > 0) {
    return concatenated.flatMap(({ items }) => items.map((group) => ({ group, left: left + (group.x ?? 0), top: top + (group.y ?? 0) })));
  }
  return [{ group: root, left, top }];
}

/** The frames of the panels of a chart of lines on linear axes, in pixels of its SVG; `undefined` for a panel that has no two points. */
export function framesOf(view: View): (Frame | undefined)[] {
  const root = (view.scenegraph() as unknown as { readonly root: SceneMark }).root.items[0];
  if (!root) return [];
  const [x, y] = view.origin();
  const { left: paddingLeft, top: paddingTop } = view.padding() as { readonly left: number; readonly top: number };
  return panelsOf(root, x + paddingLeft, y + paddingTop).map(({ group, left, top }) => {
    const points = linePoints(group);
    const along = (axis: 'x' | 'y'): Placed[] =>
      points.map((item) => ({ pixel: item[axis] ?? 0, value: Number(item.datum?.[axis]) })).filter(({ value }) => Number.isFinite(value));
    const { width = 0, height = 0 } = group;
    const xDomain = domainOf(along('x'), 0, width);
    const yDomain = domainOf(along('y'), height, 0);
    return xDomain && yDomain && { left, top, width, height, xDomain, yDomain, xScale: 'linear' as const };
  });
}
