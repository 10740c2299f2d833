/**
 * Comparisons of several elements by a comparison of two.
 */

/** Right, wrong, or not to be told. */
export type Verdict = boolean | undefined;

/** All of several: false if one is, true if all are. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** Each element of either in its place; lists of the same length. Stops at the first that differs. */
export function sameInOrder<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => Verdict): Verdict {
  let result: Verdict = true;
  for (let i = 0; i < a.length; i++) {
    const verdict = same(a[i]!, b[i]!);
    if (verdict === false) return false;
    if (verdict === undefined) result = undefined;
  }
  return result;
}

/** Each element of either has its like in the other. */
export function sameElements<T>(a: readonly T[], b: readonly T[], same: (a: T, b: T) => Verdict): Verdict {
  let result: Verdict = true;
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    for (const element of from) {
      let found: Verdict = false;
      for (const other of to) {
        const verdict = same(element, other);
        if (verdict === true) found = true;
        else if (verdict === undefined && found === false) found = undefined;
        if (found === true) break;
      }
      if (found === false) return false;
      if (found === undefined) result = undefined;
    }
  }
  return result;
}
