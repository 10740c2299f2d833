/**
 * What is shown of training a language model: accuracy, and what its groups are like.
 */

import type { Look } from './pieces.ts';
import type { SeedState } from './state.ts';
import { formatNumber, formatShare, formatSmall, type Paint } from './text.ts';

/** Numbers after the accuracy. */
function modelPieces({ metrics }: SeedState): string[] {
  const truncated = metrics.get('completions/truncated_frac') ?? 0;
  const reward = metrics.get('completions/reward');
  return [
    // Where it is more than right or wrong.
    reward === undefined || reward === metrics.get('completions/accuracy') ? '' : `reward ${formatNumber(reward, 3)}`,
    `entropy ${formatNumber(metrics.get('losses/entropy'), 3)}`,
    `gradient ${formatSmall(metrics.get('losses/gradient_norm'))}`,
    `length ${formatNumber(metrics.get('completions/length'))}`,
    truncated > 0 ? `cut ${formatShare(truncated)}` : '',
  ];
}

/** What the groups are like. */
function groupPieces({ metrics }: SeedState, paint: Paint): string[] {
  if (metrics.size === 0) return [paint('gray', '–')];
  const attempts = metrics.get('group/attempts') ?? 1;
  const failed = metrics.get('reward/failed') ?? 0;
  return [
    `valid ${formatShare(metrics.get('group/valid_frac'))}`,
    `alpha ${formatNumber(metrics.get('group/alpha'), 2)}`,
    // What is out of the ordinary comes first: a narrow terminal cuts the end.
    failed > 0 ? paint('red', `rewards failed ${formatShare(failed)}`) : '',
    attempts > 1 ? `${formatNumber(attempts, 0)} draws` : '',
    `all right ${formatShare(metrics.get('group/all_right_frac'))}`,
    `all wrong ${formatShare(metrics.get('group/all_wrong_frac'))}`,
  ];
}

/** How training language models is shown. */
export const languageLook: Look = {
  sizes: ({ numGroups, groupSize, numHiddenLayers, hiddenSize, backend, model, url }) => [
    `${numGroups} prompts x ${groupSize} completions`,
    backend === 'tinker' ? `${model} on ${url}` : `${numHiddenLayers} ${numHiddenLayers === 1 ? 'layer' : 'layers'} of ${hiddenSize}`,
  ],
  unit: 'rollouts',
  noun: 'accuracy',
  evaluated: 'prompts',
  followed: 'completions/accuracy',
  timeParts: {
    sample: 'time/sample',
    reward: 'time/reward',
    forward: 'time/forward',
    backward: 'time/backward',
    optimizer: 'time/optimizer',
  },
  // Five names would not fit; one or two of the parts take next to nothing.
  leastTimeShare: 0.02,
  show: formatShare,
  numbers: modelPieces,
  groups: groupPieces,
  plainPieces(seed) {
    // Before the first iteration there is nothing to say.
    if (seed.metrics.size === 0) return [];
    const valid = `valid ${formatShare(seed.metrics.get('group/valid_frac'))}`;
    return [...modelPieces(seed), valid, `alpha ${formatNumber(seed.metrics.get('group/alpha'), 2)}`];
  },
};
