/** How the runs of the page share its cores. */

/** What the page may use. */
export interface Machine {
  /** Processor cores, as the browser tells. */
  readonly cores: number;
  /** Whether workers may share memory: only a page that is cross-origin isolated. */
  readonly isolated: boolean;
}

/** The library's limit. */
const most = 64;

/** Threads of each of so many runs side by side; the bits do not depend on it. More than one only where a step takes long enough to be shared out. */
export function threadsOf({ cores, isolated }: Machine, runs: number, worthThreads = false): number {
  return isolated && worthThreads ? Math.min(Math.max(Math.floor(cores / runs), 1), most) : 1;
}
