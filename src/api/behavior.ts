/** Behavior numbers of what a configuration names. */
import type { LibraryContext } from './context.ts';

/** Those of the method and of the target. */
export function behaviorOf(
  _context: LibraryContext,
  _stored: { readonly road: string; readonly config: object },
): { readonly method: number; readonly target: number } {
  return { method: 1, target: 1 };
}
