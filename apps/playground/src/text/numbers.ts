/** Numbers for people. */

/** `1,234` or `12.5 k`, `1.20 M`. */
export function showCount(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toFixed(value < 1e5 ? 1 : 0))} k`;
  return Math.round(value).toLocaleString('en');
}

/** A return: one decimal below a hundred. */
export function showReturn(value: number): string {
  const text = Math.abs(value) < 100 ? value.toFixed(1) : String(Math.round(value));
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

/** The first digits of a hash, enough to compare two by eye. */
export function shortHash(hash: string): string {
  return hash.slice(0, 12);
}
