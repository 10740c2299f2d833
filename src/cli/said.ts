/**
 * Where the user said what, for messages.
 */
import type { ConfigFile } from './configFile.ts';
import type { Said } from './roads/road.ts';

/** A key of a file, with its line, for messages. */
export function placeInFile(file: ConfigFile | undefined, key: string): string {
  return `${file?.path}:${file?.lines.get(key) ?? 1}: ${key}`;
}

/** Where the user said a value: the flag, or the line of the file. */
export function placeOf({ flags, file }: Said, flag: string, key: string): string {
  return flags.has(flag) || file?.values[key] === undefined ? flag : placeInFile(file, key);
}
