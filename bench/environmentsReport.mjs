/** The sections of docs/benchmarks.md on environments alone, from bench/results/environments.json, everyEnvironment.json and engineShare.json. */
import { median } from '../dist/statistics.js';
import { number, ratio, spread } from './figures.mjs';

/** Environments alone, ours and Gymnasium's. */
export function environmentsSection(environments) {
  const out = [];
  const { figures, versions, rounds, seconds, date, machine } = environments;
  const list = Object.entries(versions).map(([name, value]) => `${name} ${value}`);
  out.push('## LunarLander and HalfCheetah alone', '');
  out.push(
    `\`node bench/peers/environments.mjs ...\`, ${date}, on ${machine}: ${rounds} rounds of ${seconds} s, random actions. ${list.join(', ')}.`,
    '',
  );
  for (const [group, candidates] of Object.entries(figures)) {
    const mine = Object.keys(candidates).filter((name) => name.startsWith('cohort-rl'));
    out.push(`### ${group}`, '', `| who | steps per second: median (lowest to highest) | ${mine.map((name) => `${name} /`).join(' | ')} |`);
    out.push(`| --- | --- | ${mine.map(() => '---').join(' | ')} |`);
    for (const [name, values] of Object.entries(candidates)) {
      const ratios = mine.map((own) => (own === name ? '' : ratio(candidates[own], values).toFixed(2)));
      out.push(`| ${name} | ${spread(values)} | ${ratios.join(' | ')} |`);
    }
    out.push('');
  }
  return out;
}

/** Every environment alone: ours beside Gymnasium's and EnvPool's, one line each. */
export function everyEnvironmentSection({ figures, versions, rounds, seconds, date, machine }, { shares }) {
  const list = Object.entries(versions).map(([name, value]) => `${name} ${value}`);
  const out = [
    '## Every environment alone',
    '',
    `\`node bench/peers/environments.mjs --every ...\`, ${date}, on ${machine}: ${rounds} rounds of ${seconds} s, random actions, median. ${list.join(', ')}.`,
    "Ours over theirs is the median of the rounds; below 1 theirs is faster. Cheap environments get no second thread. EnvPool steps 32 at once, with the version of the task that it has. The last column is how much of our single step is MuJoCo's own WebAssembly (`node bench/engineShare.mjs`): the rest is all that we could save.",
    '',
    "| environment | ours, 1 | / Gymnasium | ours, 32 | / Gymnasium sync | / EnvPool, 1 thread | ours, 32, 2 threads | / EnvPool, 2 threads | MuJoCo's share |",
    '| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
  ];
  for (const [group, alone] of Object.entries(figures)) {
    const [task, numEnvs] = group.split(' x ');
    if (numEnvs !== '1') continue;
    const many = figures[`${task} x 32`];
    const find = (candidates, who, end) => Object.entries(candidates).find(([name]) => name.startsWith(who) && name.endsWith(end))?.[1];
    const rate = (values) => (values ? number(median(values)) : '');
    const percent = (share) => (share === undefined ? '' : `${Math.round(100 * share)} %`);
    const over = (mine, theirs) => (mine && theirs ? ratio(mine, theirs).toFixed(2) : '');
    const [one, all, two] = [find(alone, 'cohort-rl', ' x 1'), find(many, 'cohort-rl', '1 thread'), find(many, 'cohort-rl', '2 threads')];
    const cells = [
      rate(one),
      over(one, find(alone, 'Gymnasium', ' x 1')),
      rate(all),
      over(all, find(many, 'Gymnasium', 'sync')),
      over(all, find(many, 'EnvPool', '1 thread')),
      rate(two),
      over(two, find(many, 'EnvPool', '2 threads')),
      percent(shares[`${task}-v5`]),
    ];
    out.push(`| ${task} | ${cells.join(' | ')} |`);
  }
  out.push('');
  return out;
}
