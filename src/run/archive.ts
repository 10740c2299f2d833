/**
 * A folder as one file: the tape archives of POSIX (ustar; IEEE Std 1003.1, pax), as far as plain files go. Every system opens them.
 */
import { failure, show } from '../core/errors.ts';

/** One file of a folder, its path relative to it with `/` between the parts. */
export interface FolderFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const block = 512;
/** Offsets and lengths in a header. */
const fields = { name: [0, 100], mode: [100, 8], size: [124, 12], time: [136, 12], checksum: [148, 8], magic: [257, 8] } as const;
const typeAt = 156;
/** Kinds of entries: a file (two ways to write it) and a folder. Links and devices are none of ours. */
const plainTypes = [0x30, 0];
const folderType = 0x35;

const octal = (value: number, length: number): string => `${value.toString(8).padStart(length - 1, '0')}\0`;

/** The sum of a header's bytes, its own field counted as blanks. */
function checksumOf(header: Uint8Array): number {
  const [at, length] = fields.checksum;
  return header.reduce((sum, byte, index) => sum + (index >= at && index < at + length ? 0x20 : byte), 0);
}

function headerOf({ path, bytes }: FolderFile): Uint8Array {
  const header = new Uint8Array(block);
  const put = ([at]: readonly [number, number], text: string): void => header.set(new TextEncoder().encode(text), at);
  put(fields.name, path);
  put(fields.mode, octal(0o644, 8));
  put(fields.size, octal(bytes.length, 12));
  // The same files make the same archive: nothing of a clock is in it.
  put(fields.time, octal(0, 12));
  header[typeAt] = plainTypes[0]!;
  put(fields.magic, 'ustar\x0000');
  put(fields.checksum, `${checksumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Files as one archive; the same files in the same order give the same bytes. Throws `CohortError` for a path of more than 100 bytes. */
export function packFiles(files: readonly FolderFile[]): Uint8Array {
  const long = files.find(({ path }) => new TextEncoder().encode(path).length > fields.name[1]);
  if (long) throw failure('archive', `paths of at most ${fields.name[1]} bytes`, show(long.path), 'rename the file');
  const padded = (length: number): number => Math.ceil(length / block) * block;
  const total = files.reduce((sum, { bytes }) => sum + block + padded(bytes.length), 0);
  // Two empty blocks end it.
  const archive = new Uint8Array(total + 2 * block);
  let at = 0;
  for (const file of files) {
    archive.set(headerOf(file), at);
    archive.set(file.bytes, at + block);
    at += block + padded(file.bytes.length);
  }
  return archive;
}

/** The files of an archive; folders are left out. Throws `CohortError` that begins with `subject` for anything but plain files, and for a damaged one. */
export function unpackFiles(archive: Uint8Array, subject: string): FolderFile[] {
  const refuse = (expected: string, got: string): never => {
    throw failure(subject, expected, got, 'make the archive again');
  };
  const text = (header: Uint8Array, [at, length]: readonly [number, number]): string =>
    new TextDecoder().decode(header.subarray(at, at + length)).split('\0')[0]!;
  const number = (header: Uint8Array, field: readonly [number, number], what: string): number => {
    const digits = text(header, field).trim();
    return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : refuse(`${what} in octal digits`, show(digits));
  };
  const files: FolderFile[] = [];
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return files;
    if (text(header, fields.magic).slice(0, 5) !== 'ustar') refuse('a tape archive (ustar)', 'something else');
    if (number(header, fields.checksum, 'a checksum') !== checksumOf(header)) refuse('headers as they were written', 'a changed one');
    const path = text(header, fields.name);
    const size = number(header, fields.size, 'a size');
    const type = header[typeAt]!;
    if (type !== folderType && !plainTypes.includes(type)) refuse('plain files', `${show(path)}, which is a link or a device`);
    if (at + block + size > archive.length) refuse(`${size} bytes of ${show(path)}`, 'fewer: the archive is cut short');
    if (type !== folderType) files.push({ path, bytes: archive.slice(at + block, at + block + size) });
    at += block + Math.ceil(size / block) * block;
  }
  return refuse('two empty blocks at the end', 'none: the archive is cut short');
}
