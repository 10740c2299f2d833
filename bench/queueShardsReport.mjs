/**
 * The section of docs/benchmarks.md on runs in shards on a queue, from bench/results/queueShards.json: what was measured, what was fitted to it, and what the
 * fit says of more workers than there were.
 */
import { median } from '../dist/statistics.js';

const shards = [2, 4, 8];
const workers = [1, 2, 3];
const many = [1, 3, 10, 100, 1000];
const seconds = (value) => (value < 10 ? value.toFixed(3) : value.toFixed(1));
const milliseconds = (value) => (1000 * value).toFixed(1);

/** Least squares: y = a + b x. */
export function fitLine(points) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const slope = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  return { intercept: y - slope * x, slope };
}

/** What one barrier costs on a queue, intercept + slope x shards, from one worker: it computes no more than one process does. */
export function barrierCost(cells) {
  const of = (name, key) => median(cells[name].map((figures) => figures[key]));
  return fitLine(
    shards.map((count) => {
      const name = `1 workers, ${count} shards`;
      return [count, (of(name, 'seconds') - of(`here, ${count} shards`, 'seconds')) / of(name, 'barriers')];
    }),
  );
}

/** Seconds of an iteration with as many shards as workers: its computing is shared, its barriers are not. */
export function predicted({ whole, computed, barriers, cost }, count) {
  if (count === 1) return whole;
  return whole - computed + computed / count + barriers * (cost.intercept + cost.slope * count);
}

/** The lines of the section. */
export function queueShardsSection({ date, machine, node, redis, rounds, iterations, results }) {
  const out = ['## One large run on a queue', ''];
  out.push(
    `\`node bench/queueShards.mjs\`, ${date}, on ${machine}, Node ${node}, Redis ${redis} on loopback: seconds of one iteration, medians over`,
  );
  out.push(
    `${rounds} rounds of the median of ${iterations - 1} iterations. Workers, server and leader share the cores of one machine: three workers cannot`,
  );
  out.push('be three times as fast here. What this shows is the cost of a queue.', '');
  for (const [kind, cells] of Object.entries(results)) {
    const of = (name, key = 'seconds') => median(cells[name].map((figures) => figures[key]));
    const { barriers } = cells['1 workers, 2 shards'][0];
    out.push(`### ${kind}, ${barriers} barriers in an iteration`, '');
    out.push(`| shards | carried | here | ${workers.map((count) => `${count} ${count === 1 ? 'worker' : 'workers'}`).join(' | ')} |`);
    out.push(`| ---: | ---: | ---: | ${workers.map(() => '---:').join(' | ')} |`);
    out.push(`| 1 | 0 | ${seconds(of('here, whole'))} | ${workers.map(() => '').join(' | ')} |`);
    for (const count of shards) {
      const carried = `${(of(`1 workers, ${count} shards`, 'bytes') / 1e6).toFixed(2)} MB`;
      const there = workers.map((number) => seconds(of(`${number} workers, ${count} shards`)));
      out.push(`| ${count} | ${carried} | ${seconds(of(`here, ${count} shards`))} | ${there.join(' | ')} |`);
    }
    const cost = barrierCost(cells);
    const facts = { whole: of('here, whole'), computed: of('here, whole', 'computed'), barriers, cost };
    out.push(
      '',
      `A barrier costs ${milliseconds(cost.intercept)} ms and ${milliseconds(cost.slope)} ms for each shard (fitted to one worker).`,
    );
    out.push(
      `An iteration computes ${seconds(facts.computed)} s. **Not measured, but extrapolated from that**, with one shard and one core for each worker:`,
    );
    out.push(
      '',
      `| workers | ${many.map((count) => count.toLocaleString('en-US')).join(' | ')} |`,
      `| --- | ${many.map(() => '---:').join(' | ')} |`,
    );
    out.push(`| seconds of an iteration | ${many.map((count) => seconds(predicted(facts, count))).join(' | ')} |`);
    const slow = { ...facts, whole: facts.whole + 99 * facts.computed, computed: 100 * facts.computed };
    out.push(`| the same with a hundred times the computing | ${many.map((count) => seconds(predicted(slow, count))).join(' | ')} |`, '');
  }
  return out;
}
