/**
 * JSON that comes from a file, of whoever wrote it.
 */

/** Deepest nesting that is read: ours goes to 8, and the engine's own functions run out of stack at some thousands. */
const maxDepth = 64;

/** Whether brackets outside of strings are nested deeper than {@link maxDepth}. */
function isDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === 0x5c) index++;
      else if (character === 0x22) inString = false;
    } else if (character === 0x22) inString = true;
    else if (character === 0x7b || character === 0x5b) {
      if (++depth > maxDepth) return true;
    } else if (character === 0x7d || character === 0x5d) depth--;
  }
  return false;
}

/** The value of a JSON text, or of its bytes in UTF-8; `undefined` for what is no JSON, or nested too deep to be looked at safely. */
export function parseJson(source: string | Uint8Array): unknown {
  try {
    const text = typeof source === 'string' ? source : new TextDecoder('utf-8', { fatal: true }).decode(source);
    return isDeep(text) ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** {@link parseJson} of an object; `undefined` for anything else. */
export function parseJsonObject(source: string | Uint8Array): Record<string, unknown> | undefined {
  const value = parseJson(source);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
