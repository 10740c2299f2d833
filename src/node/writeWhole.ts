/** Writing a file so that nobody ever sees half of it. */
import { rename, rm, writeFile } from 'node:fs/promises';

/** Writes beside the file and renames. `refuse` turns what the operating system throws into the error of the caller. */
export async function writeWhole(file: string, content: string | Uint8Array, refuse: (cause: unknown) => never): Promise<void> {
  const part = `${file}.${process.pid}.part`;
  try {
    await writeFile(part, content);
    await rename(part, file);
  } catch (cause) {
    // It may not even be there.
    await rm(part, { force: true }).catch(() => {});
    refuse(cause);
  }
}
