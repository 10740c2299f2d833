/** A method in words. */
export interface MethodPage {
  /** The paper, and the code that settles what it leaves open. */
  readonly source: string;
  /** The advantage of step t of trajectory i, or of completion i. */
  readonly equation: string;
  /** What must hold for it to make sense. */
  readonly assumes: string;
  /** What it takes beside one group of trajectories or completions. */
  readonly costs: string;
  /** When its gradient is unbiased, before any normalization and clipping. */
  readonly unbiased: string;
  /** The test that holds it to its formula. */
  readonly test: string;
  /** What else belongs to the method, or is left out here. */
  readonly note: string;
}
