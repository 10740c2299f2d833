/** The requests to Ray. */
import { describe, expect, it } from 'vitest';
import { readPlan, writePlan } from '../../../src/experiments/clusters/plan.ts';
import { rayJobs, readRayJobs, writeRayJobs } from '../../../src/experiments/clusters/ray.ts';

const run = (seed: number) => ({
  ...{ identity: String(seed).repeat(64), seed, road: 'environments' as const, input: { env: 'Toy' } },
  cell: { name: 'a; b', values: {}, input: {}, seeds: [seed], expected: [] },
});
const written = writePlan([run(1), run(2)]);
const jobs = rayJobs({
  ...{ name: 'x', id: written.id, tasks: 2, cpus: 2, memory: 3, plan: readPlan(written.text, 'plan') },
  ...{ command: ['/bin/node', "it's", '$(x)'], directory: '/a b' },
});

describe('requests to Ray', () => {
  it('are one per run, with the words of its task quoted for sh', () => {
    expect(jobs).toEqual(
      [1, 2].map((seed, index) => ({
        submission_id: `cohort-${written.id}-${index}`,
        entrypoint: `cd '/a b' && exec /bin/node 'it'\\''s' '$(x)' --index ${index} --job ray-${written.id}`,
        entrypoint_num_cpus: 2,
        entrypoint_memory: 3_145_728,
        metadata: { run: `a; b, seed ${seed}`, identity: String(seed).repeat(64) },
      })),
    );
    expect(readRayJobs(writeRayJobs(jobs), 'requests.json')).toEqual(jobs);
  });

  it.each([
    ['no JSON', '{', /requests.json: expected requests to Ray, got text that is no JSON/],
    ['a plan', written.text, /requests.json/],
    ['a field that nobody knows', writeRayJobs(jobs).replace('"metadata"', '"runtime_env":{},"metadata"'), /got "runtime_env"/],
    ['a name with a path in it', writeRayJobs(jobs).replace('submission_id":"', 'submission_id":"../'), /submission_id/],
  ])('refuse %s', (_, text, says) => {
    expect(() => readRayJobs(text, 'requests.json')).toThrow(says);
  });
});
