/**
 * Warm starts that runs share.
 */
import type { RunStorage } from '../../run/storage.ts';

/** Where warm starts are kept, by their fingerprint. */
export interface WarmStartCache {
  read(hash: string): Promise<Uint8Array | undefined>;
  write(hash: string, bytes: Uint8Array): Promise<void>;
}

/** Warm starts as files of a storage. One that cannot be read or written is none: that is no reason to end a run. */
export function warmStartCache(storage: RunStorage): WarmStartCache {
  const nameOf = (hash: string): string => `${hash}.safetensors`;
  return {
    read: (hash) => storage.read(nameOf(hash)).catch(() => undefined),
    async write(hash, bytes) {
      try {
        await storage.makeDirectory('');
        if (await storage.writeNew(nameOf(hash), bytes)) return;
        const there = await storage.read(nameOf(hash));
        // Another run may have written the same bytes meanwhile; otherwise the file was unusable and is replaced.
        if (!there || there.length !== bytes.length || there.some((byte, i) => byte !== bytes[i])) await storage.write(nameOf(hash), bytes);
      } catch {
        return;
      }
    },
  };
}
