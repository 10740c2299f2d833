/** The shared run that an address holds, as text that is not read yet. */
export function sharedIn(hash: string): string | undefined {
  return hash.startsWith('#run=') ? hash : undefined;
}
