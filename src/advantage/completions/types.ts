/** What makes the advantage of a completion. */

/**
 * What is subtracted from the reward. `group-mean`: the mean of the group, the own reward included. `leave-one-out`: the mean of the others.
 * `length-weighted`: the group's mean weighted by tokens. `greedy`: the reward of the greedy completion of the same prompt. `second-best`: the best of
 * the group gets its lead over the second, everybody else 0. `none`: nothing. `critic`: a value per token, see `tokenGae`. `branches`: what branches from
 * some prefixes of a completion get, see `tokenStretches`.
 */
export type CompletionBaseline =
  | 'group-mean'
  | 'leave-one-out'
  | 'length-weighted'
  | 'greedy'
  | 'second-best'
  | 'none'
  | 'critic'
  | 'branches';

/**
 * What the advantage is divided by. `none`: nothing. `group`: the standard deviation of the group's rewards, plus the epsilon. `batch`: advantages are
 * whitened over all tokens of the batch (mean subtracted, divided by the root of the variance plus the epsilon).
 */
export type CompletionScale =
  | { readonly by: 'none' }
  | { readonly by: 'group' | 'batch'; readonly standardDeviation: 'sample' | 'population'; readonly epsilon: number };
