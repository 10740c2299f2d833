/**
 * Texts, tables and data as HTML. Everything that is a text is escaped here and nowhere else.
 */
import { visibleText } from '../core/text.ts';
import { cellText, type Table, type TableCell } from './table.ts';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** A text as HTML, for elements and for quoted attributes; what is invisible or turns text around is made visible. */
export function escapeHtml(text: string): string {
  return visibleText(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

const escaped: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** A value as JSON for a `<script>` element: neither `</script>` nor `<!--` can be in it. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => escaped[character]!);
}

/** A text as a `data:` URL for a quoted attribute. JSON stays readable in it, and a third as long as with everything escaped. */
export function dataUrl(type: 'text/csv' | 'application/json', text: string): string {
  const kept = /[^\w\-.~!*(){}[\],:;=@/?+]+/g;
  // Halves of a character have no UTF-8.
  const whole = text.replace(/\p{Surrogate}/gu, '\uFFFD');
  return `data:${type};charset=utf-8,${whole.replace(kept, (part) => encodeURIComponent(part).replaceAll("'", '%27'))}`;
}

/** A column of text with more characters than this may be broken into lines, and so may a heading. */
const wide = 24;
const wideHeading = 16;

/** A `class` attribute, with a blank before it; nothing without names. */
function classes(isRight: boolean, isWide: boolean): string {
  const names = [...(isRight ? ['right'] : []), ...(isWide ? ['wide'] : [])];
  return names.length > 0 ? ` class="${names.join(' ')}"` : '';
}

function htmlCell(cell: TableCell | undefined, isRight: boolean, isWide: boolean): string {
  const text = cellText(cell);
  const sort = typeof cell === 'object' ? cell.sort : undefined;
  const attributes = `${classes(isRight, isWide)}${sort === undefined ? '' : ` data-sort="${sort}"`}`;
  const shown = escapeHtml(text);
  return `<td${attributes}>${typeof cell === 'object' && cell.strong ? `<strong>${shown}</strong>` : shown}</td>`;
}

/** A table as HTML that scrolls inside itself, with its note. `label` names it for those who cannot see what stands around it. */
export function htmlTable({ columns, rows, note }: Table, label: string): string {
  const heads = columns.map(
    ({ title, align }) => `<th scope="col"${classes(align === 'right', title.length > wideHeading)}>${escapeHtml(title)}</th>`,
  );
  const styles = columns.map(({ align }, index) => {
    const isRight = align === 'right';
    return { isRight, isWide: !isRight && rows.some((row) => cellText(row[index]).length > wide) };
  });
  const lines = rows.map((row) => `<tr>${styles.map(({ isRight, isWide }, index) => htmlCell(row[index], isRight, isWide)).join('')}</tr>`);
  return [
    `<div class="scroll" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table>`,
    `<thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>\n${lines.join('\n')}\n</tbody>`,
    '</table></div>',
    ...(note === undefined ? [] : [`<p class="note">${escapeHtml(note)}</p>`]),
  ].join('\n');
}
