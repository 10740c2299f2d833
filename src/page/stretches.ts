/** Who played an episode, from which step on: a person, or the policy, greedy or sampled. No DOM here. */

/** Who does a step. */
export type Hand = 'greedy' | 'sampled' | 'person';

/** Steps in a row by the same hand. */
export interface Stretch {
  readonly by: Hand;
  /** Steps of the episode before it: what the page counts when it begins. */
  readonly from: number;
}

/** The stretches of an episode after one more step; `from` steps were done before it. */
export function lengthen(stretches: readonly Stretch[], by: Hand, from: number): readonly Stretch[] {
  return stretches.at(-1)?.by === by ? stretches : [...stretches, { by, from }];
}

/** More stretches than this are counted instead of listed. */
const maxListed = 3;

/** Steps by a person in an episode of so many steps. */
function stepsByHand(stretches: readonly Stretch[], steps: number): number {
  const ends = [...stretches.slice(1).map(({ from }) => from), steps];
  return stretches.reduce((sum, { by, from }, k) => sum + (by === 'person' ? ends[k]! - from : 0), 0);
}

/**
 * Who played, in words: `iteration 120`, `by hand`, `iteration 120, by hand from step 150`. The policy is named when it first plays; greedy goes
 * without saying, unless it comes after sampled.
 */
export function whoPlayed(policyName: string, stretches: readonly Stretch[], steps: number): string {
  if (stretches.length > maxListed) {
    const byHand = stepsByHand(stretches, steps);
    const hands = new Set(stretches.map(({ by }) => by));
    const policy = hands.has('sampled') ? `${policyName}, ${hands.has('greedy') ? 'greedy and sampled' : 'sampled'}` : policyName;
    return byHand === 0 ? policy : `${policy}, by hand for ${byHand} of ${steps} steps`;
  }
  let named = false;
  let before: Hand | undefined;
  const parts = stretches.map(({ by, from }) => {
    const mode = by === 'person' ? 'by hand' : by === 'sampled' || before === 'sampled' ? by : '';
    const words = [...(by !== 'person' && (!named || mode === '') ? [policyName] : []), ...(mode === '' ? [] : [mode])].join(', ');
    named ||= by !== 'person';
    before = by === 'person' ? before : by;
    return from === 0 ? words : `${words} from step ${from}`;
  });
  return parts.join(', ');
}
