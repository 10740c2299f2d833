/**
 * Cells as panels of a chart: one per target, and where a target has too many cells for one pair of axes, several.
 */
import type { Cell } from '../experiments/result.ts';

/** Cells that are drawn together, with names that leave out what all of the target's cells have in common. */
export interface CellPanel {
  readonly title: string;
  readonly target: string;
  readonly cells: readonly Cell[];
}

/** More lines than this in one panel are not told apart. */
const mostLines = 8;

const targetOf = (cell: Cell): string => cell.runs[0]!.target;
const methodOf = (cell: Cell): string => cell.runs[0]!.method;
const partsOf = (name: string): string[] => name.split(', ');

function grouped(cells: readonly Cell[], keyOf: (cell: Cell) => string): [string, Cell[]][] {
  const groups = new Map<string, Cell[]>();
  for (const cell of cells) groups.set(keyOf(cell), [...(groups.get(keyOf(cell)) ?? []), cell]);
  return [...groups];
}

/** Without these parts of their names; a name that has no others stays. */
function without(cells: readonly Cell[], dropped: ReadonlySet<string>): Cell[] {
  return cells.map((cell) => {
    const kept = partsOf(cell.name).filter((part) => !dropped.has(part));
    return { ...cell, name: kept.length > 0 ? kept.join(', ') : cell.name };
  });
}

/** The cells by target, in the order in which targets and cells first appear. */
export function panelsByTarget(cells: readonly Cell[]): CellPanel[] {
  return grouped(cells, targetOf).map(([target, own]) => {
    const [first, ...others] = own.map(({ name }) => partsOf(name)) as [string[], ...string[][]];
    const common = others.length > 0 ? first.filter((part) => others.every((parts) => parts.includes(part))) : [];
    return { title: target, target, cells: without(own, new Set([target, ...common])) };
  });
}

/** 2 before 16. */
const order = new Intl.Collator('en', { numeric: true });

function halved(panel: CellPanel): CellPanel[] {
  const pieces = Math.ceil(panel.cells.length / mostLines);
  if (pieces < 2) return [panel];
  const length = Math.ceil(panel.cells.length / pieces);
  return Array.from({ length: pieces }, (_, k) => ({
    ...panel,
    title: `${panel.title} (${k + 1} of ${pieces})`,
    cells: panel.cells.slice(k * length, (k + 1) * length),
  })).filter(({ cells }) => cells.length > 0);
}

/**
 * The cells as panels for lines: one per target, its cells in the order of their names, numbers by size. A target of more than 8 cells gets a panel per
 * method, and a method of more than 8 as many as it needs, about equally full.
 */
export function linePanels(cells: readonly Cell[]): CellPanel[] {
  return panelsByTarget(cells).flatMap((panel): CellPanel[] => {
    const sorted = { ...panel, cells: [...panel.cells].sort((a, b) => order.compare(a.name, b.name)) };
    if (sorted.cells.length <= mostLines) return [sorted];
    const methods = grouped(sorted.cells, methodOf);
    if (methods.length === 1) return halved(sorted);
    return methods.flatMap(([method, own]) =>
      halved({ title: `${panel.title}, ${method}`, target: panel.target, cells: without(own, new Set([method])) }),
    );
  });
}
