/**
 * Fields of CSV files.
 */

/** One field (RFC 4180): quoted where it must be; nothing for what is missing. Text that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvField(value: string | number | undefined): string {
  const text = typeof value === 'string' && /^[=+\-@\t]/.test(value) ? `'${value}` : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
