/**
 * The text of a link: `#run=1.<content>.<checksum>`. The 1 is the version of the format, the content JSON as base64url (RFC 4648, 5), the checksum CRC-32
 * (ISO 3309) of what stands before it. A CRC of 32 bits finds every change within 32 bits in a row, and so every change of one character.
 */
import { mistake, show } from '../core/errors.ts';
import { parseJsonObject } from '../core/json.ts';
import { crc32 } from '../run/crc.ts';

/** Version of the format; goes up when a reader of today could not read the link. */
const formatVersion = 1;
/** Longest link that is looked at, in characters. */
export const maxLinkLength = 4096;
/** What the fragment of an address begins with. */
const key = '#run=';

/** What to do about a link that arrived damaged. */
export const askAgain = 'ask for the link again, and copy the whole of it';

/** Bytes as base64url, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The bytes of base64url; `undefined` for anything else, and for a text that is not the one that these bytes are written as. */
export function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
  return toBase64url(bytes) === text ? bytes : undefined;
}

const checksumOf = (text: string): string => crc32(new TextEncoder().encode(text)).toString(16).padStart(8, '0');

/** The fragment of an address that holds a record. Throws `CohortError` for one that would be longer than a reader takes. */
export function writeText(content: Readonly<Record<string, unknown>>): string {
  const signed = `${formatVersion}.${toBase64url(new TextEncoder().encode(JSON.stringify(content)))}`;
  const text = `${key}${signed}.${checksumOf(signed)}`;
  if (text.length <= maxLinkLength) return text;
  throw mistake('link', `at most ${maxLinkLength} characters`, String(text.length), 'share the folder of the run instead');
}

/**
 * The record in a link, as a stranger wrote it: the fragment, or a whole address that ends with it. Throws `CohortError` that says what is wrong for what
 * is no link, too long, damaged, or of another version.
 */
export function readText(link: unknown): Record<string, unknown> {
  const subject = 'link';
  const expected = `text that ends with ${key}1.<content>.<checksum>`;
  if (typeof link !== 'string') throw mistake(subject, expected, show(link), askAgain);
  if (link.length > maxLinkLength) {
    throw mistake(subject, `at most ${maxLinkLength} characters`, `${link.length}`, 'a run that is shared needs fewer: ask who sent it');
  }
  const begin = link.lastIndexOf(key);
  if (begin < 0) throw mistake(subject, expected, show(link.slice(0, 60)), askAgain);
  const [version = '', content, checksum, ...more] = link
    .slice(begin + key.length)
    .trim()
    .split('.');
  const isVersion = /^\d{1,9}$/.test(version);
  if (isVersion && Number(version) > formatVersion && content !== undefined) {
    const advice = 'use a newer version of cohort-rl, or of this page; if that says the same, the link is damaged';
    throw mistake(subject, `a link of format ${formatVersion}`, `one of format ${version}`, advice);
  }
  if (version !== String(formatVersion) || content === undefined || checksum === undefined || more.length > 0) {
    throw mistake(subject, expected, 'something else after #run=, or a part of it', askAgain);
  }
  if (checksumOf(`${version}.${content}`) !== checksum) {
    const got = 'one that does not belong to it: the link was changed, or cut off';
    throw mistake(subject, 'the checksum of its content at its end', got, askAgain);
  }
  const bytes = fromBase64url(content);
  const record = bytes && parseJsonObject(bytes);
  if (!record) throw mistake(subject, 'JSON as base64url', 'something else', askAgain);
  return record;
}
