/** What is being shown, in words. */
import type { LaneSettings, Settings } from '../controls/settings.ts';

const titles: Readonly<Record<string, string>> = { gpg: 'GPG', ppo: 'PPO', a2c: 'A2C', grpo: 'GRPO', rloo: 'RLOO' };

/** A lane's name: the method, and what a person changed. */
export function methodTitle({ algorithm, recipe, numEnvs, bins, binWidth }: LaneSettings): string {
  const changes = [
    recipe === 'default' ? '' : `recipe ${recipe}`,
    numEnvs === '' ? '' : `N ${numEnvs}`,
    bins === '' ? '' : `${bins} bins`,
    binWidth === '' ? '' : `ε ${binWidth}`,
  ].filter((change) => change !== '');
  return [titles[algorithm] ?? algorithm, ...changes].join(', ');
}

/** Methods that learn a critic. */
const withCritic = ['ppo', 'a2c', 'evpo'];

/** One sentence or two for what the page shows. */
export function sentenceOf({ env, lanes }: Settings): string {
  const [first, second] = lanes.map(({ algorithm }) => algorithm);
  if (first === 'gpg' && second === 'ppo')
    return `GPG and PPO learn ${env} on the same seeds, in your browser, now. GPG has no critic: the group's mean return is the baseline. PPO learns one.`;
  const critics = lanes.filter(({ algorithm }) => withCritic.includes(algorithm)).length;
  const idea =
    critics === 0
      ? 'Neither has a critic: returns are compared within the group.'
      : critics === lanes.length
        ? 'Both learn a critic.'
        : 'One learns a critic; the other compares returns within the group.';
  return `${lanes.map(methodTitle).join(' and ')} learn ${env} on the same seeds. ${idea}`;
}
