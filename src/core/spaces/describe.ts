/** Spaces in words, and whether two are the same. */
import { show } from '../show.ts';
import type { PlainSpace } from './types.ts';

/** Longer lists are counted. */
const most = 8;

const listed = (parts: readonly (string | number)[], noun: string): string =>
  parts.length > most ? `${parts.length} ${noun}` : parts.join(', ');

/** One line for tables and messages: `Discrete(2)`, `Box(4, float32)`, `Dict(goal: Discrete(4), position: Box(2, float32))`. */
export function describeSpace(space: PlainSpace): string {
  switch (space.kind) {
    case 'discrete':
      return space.start === 0 ? `Discrete(${space.n})` : `Discrete(${space.n}, start ${space.start})`;
    case 'multiDiscrete': {
      const [nvec, start] = [Array.from(space.nvec), Array.from(space.start)];
      const from = start.every((first) => first === 0) ? '' : `, start [${listed(start, 'numbers')}]`;
      return `MultiDiscrete([${listed(nvec, 'numbers')}]${from})`;
    }
    case 'multiBinary':
      return `MultiBinary(${space.n})`;
    case 'dict': {
      const name = (text: string): string => (/^[\w$]{1,40}$/.test(text) ? text : show(text));
      const parts = space.names.slice(0, most + 1).map((key) => `${name(key)}: ${describeSpace(space.spaces[key]!)}`);
      return `Dict(${space.names.length > most ? `${space.names.length} parts` : parts.join(', ')})`;
    }
    case 'tuple':
      return `Tuple(${space.spaces.length > most ? `${space.spaces.length} parts` : space.spaces.map(describeSpace).join(', ')})`;
    default: {
      const { shape = [space.size] } = space as { readonly shape?: readonly number[] };
      return `Box(${shape.join('x')}, ${space.dtype})`;
    }
  }
}

const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (value: number, k: number) => value === b[k]);

/** Whether two spaces are alike, where `boxes` says when two boxes are. */
function alike(a: PlainSpace, b: PlainSpace, boxes: (a: Box, b: Box) => boolean): boolean {
  if (a.kind === 'discrete') return b.kind === 'discrete' && a.n === b.n && a.start === b.start;
  if (a.kind === 'multiDiscrete') return b.kind === 'multiDiscrete' && sameNumbers(a.nvec, b.nvec) && sameNumbers(a.start, b.start);
  if (a.kind === 'multiBinary') return b.kind === 'multiBinary' && a.n === b.n;
  if (a.kind === 'box') return b.kind === 'box' && boxes(a, b);
  if (a.kind === 'tuple') {
    return b.kind === 'tuple' && a.spaces.length === b.spaces.length && a.spaces.every((part, k) => alike(part, b.spaces[k]!, boxes));
  }
  if (b.kind !== 'dict' || a.names.length !== b.names.length) return false;
  return a.names.every((name, k) => name === b.names[k] && alike(a.spaces[name]!, b.spaces[name]!, boxes));
}
type Box = Extract<PlainSpace, { kind: 'box' }>;

/** Whether elements of one space are elements of the other, bounds of boxes aside: the same whole numbers, or as many real ones. */
export function sameShape(a: PlainSpace, b: PlainSpace): boolean {
  return alike(a, b, (x, y) => x.size === y.size);
}

/** The same with the bounds of boxes. */
export function sameBounds(a: PlainSpace, b: PlainSpace): boolean {
  return alike(a, b, (x, y) => sameNumbers(x.low, y.low) && sameNumbers(x.high, y.high));
}

/** Whether two spaces are the same in everything: bounds, shapes and types of boxes included. */
export function sameSpace(a: PlainSpace, b: PlainSpace): boolean {
  return alike(a, b, (x, y) => describeSpace(x) === describeSpace(y) && sameNumbers(x.low, y.low) && sameNumbers(x.high, y.high));
}
