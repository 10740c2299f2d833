/** Which line of the code a finding is about. */

/** What the checks of an environment say: a problem and what to change. */
export interface Finding {
  readonly what: string;
  readonly fix: string;
  /** From 1, where the program knows it. */
  readonly line?: number;
}

/** The members of an environment that findings name. */
const members = ['observationSpace', 'actionSpace', 'reset', 'step', 'scene', 'getState', 'setState', 'close'];

/** The line, from 1, at which the first member that the finding names is written; 1 where none is. */
export function lineOf({ what, line }: Finding, code: string): number {
  if (line !== undefined) return line;
  const named = members.map((member) => ({ member, at: what.search(new RegExp(`\\b${member}\\b`)) })).filter(({ at }) => at >= 0);
  const [first] = named.sort((a, b) => a.at - b.at);
  if (!first) return 1;
  const index = code.split('\n').findIndex((text) => new RegExp(`\\b${first.member}\\b\\s*[=(]`).test(text));
  return index < 0 ? 1 : index + 1;
}
