/**
 * A report as data: sections of paragraphs, tables and charts. `markdown.ts` and `page.ts` write it.
 */
import type { Table } from './table.ts';

/** The plot area of a panel in units of its SVG, and the data at its edges. */
export interface Frame {
  /** Left edge of the plot area. */
  readonly left: number;
  /** Upper edge. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Data at the left and at the right edge. */
  readonly xDomain: readonly [number, number];
  /** Data at the lower and at the upper edge. */
  readonly yDomain: readonly [number, number];
  readonly xScale: 'linear' | 'log';
}

/** A point of a curve, and the band around it if there is one. */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number;
  readonly high?: number;
}

/** A curve as it was drawn. */
export interface Series {
  readonly name: string;
  /** Its color in the chart. */
  readonly color?: string;
  readonly points: readonly Point[];
}

/** One plot of a chart. */
export interface Panel {
  /** What tells it from the other panels. */
  readonly title?: string;
  /** Titles of the axes, for the words beside a point. */
  readonly xTitle?: string;
  readonly yTitle?: string;
  readonly series: readonly Series[];
  /** Where it was drawn; without it points are not shown on hovering. */
  readonly frame?: Frame;
}

/** A chart that is drawn already. */
export interface Chart {
  /** Name of its downloads, without an ending: `curves-CartPole-v1`. */
  readonly name: string;
  /** What is seen, for those who cannot see it. */
  readonly alt: string;
  /** One sentence or two below it. */
  readonly caption?: string;
  /** The drawing for a light page: one `<svg>` element. */
  readonly svg: string;
  /** The same for a dark page; without it the light one is shown on a light ground. */
  readonly darkSvg?: string;
  /** Path of the drawing as a file, which Markdown needs. */
  readonly file?: string;
  /** Its Vega-Lite specification. */
  readonly spec?: unknown;
  readonly panels?: readonly Panel[];
}

/** A part of a report with a heading. */
export interface Section {
  readonly title: string;
  readonly paragraphs?: readonly string[];
  readonly charts?: readonly Chart[];
  readonly table?: Table;
  /** Only its heading is shown at first; in Markdown everything is. */
  readonly folded?: boolean;
}

/** A whole report. Every text is plain: what looks like markup is shown as it is. */
export interface ReportDocument {
  readonly title: string;
  /** What the report is about, in a sentence or two. */
  readonly lead?: string;
  readonly sections: readonly Section[];
  /** The command that made it, shown as code at its end. */
  readonly command?: string;
  /** What else is to be said at its end: versions, machines. */
  readonly footer?: string;
}
