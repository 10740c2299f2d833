/** What was found wrong with an environment, one problem of each kind. */
import type { Breach } from '../core/arguments.ts';

/** One thing that is wrong. */
export interface EnvProblem {
  /** What is wrong, with the values seen. */
  readonly what: string;
  /** What to change. */
  readonly fix: string;
}

/** Collects problems, each kind once. */
export class Findings {
  readonly problems: EnvProblem[] = [];
  readonly #kinds = new Set<string>();

  /** Adds a problem, unless there is one of its kind. */
  add(kind: string, what: string, fix: string): void {
    if (this.#kinds.has(kind)) return;
    this.#kinds.add(kind);
    this.problems.push({ what, fix });
  }

  /** Adds what the contract says, if it says anything; `where` names the call. */
  breach(breach: Breach | undefined, where = 'the environment'): boolean {
    if (!breach) return false;
    const { part, expected, got, advice } = breach;
    const of = part === '' ? `${where}:` : where === '' ? `${part}:` : `${where}: ${part}:`;
    this.add(part.replace(/[[.].*/, ''), `${of} expected ${expected}, got ${got}`, advice);
    return true;
  }

  /** The same for what nothing goes on after. */
  stop(breach: Breach | undefined, where?: string): void {
    if (this.breach(breach, where)) throw new Stop();
  }
}

/** Thrown, and caught by `checkEnv`, when going on makes no sense. */
export class Stop extends Error {}
