/** The plan of an export: what is written, and what is refused where it is read. */
import { describe, expect, it } from 'vitest';
import { version } from '../../../src/core/version.ts';
import { readPlan, runOfPlan, writePlan } from '../../../src/experiments/clusters/plan.ts';
import { plainName, taskWords } from '../../../src/experiments/clusters/request.ts';
import { cellsOfMatrix, parseMatrix } from '../../../src/experiments/matrix.ts';
import { type ResolveRun, runsOf } from '../../../src/experiments/plan.ts';

const resolve: ResolveRun = (input) => ({ road: 'environments', config: { iterations: 2, ...input }, behavior: { method: 1, target: 1 } });
const cells = cellsOfMatrix(parseMatrix({ seeds: 2, settings: { env: 'Toy' }, axes: { gain: [10, 20] }, progressBudget: 5 }));
const runs = runsOf(cells, resolve);

describe('a plan', () => {
  it('holds every run with its identity, and gives them back as they were planned', () => {
    const { text, id } = writePlan(runs);
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(text.split('\n')).toHaveLength(1 + 4 + 1 + 1);
    const plan = readPlan(text, 'plan.json');
    expect(plan.runs.map(({ cell, seed }) => `${cell}/${seed}`)).toEqual(['gain 10/1', 'gain 10/2', 'gain 20/1', 'gain 20/2']);
    plan.runs.forEach((_, index) => {
      const run = runOfPlan(plan, index, resolve, 'plan.json');
      const { identity, seed, road, input, cell } = runs[index]!;
      expect(run).toMatchObject({ identity, seed, road, input, cell: { name: cell.name, progressBudget: 5, seeds: [seed] } });
    });
    expect(writePlan(runs)).toEqual({ text, id });
    expect(writePlan(runs.slice(1)).id).not.toBe(id);
  });

  it('refuses a setting that JSON would change without a word', () => {
    const [first] = runs;
    const wrong = { ...first!, input: { ...first!.input, envOptions: { size: Number.POSITIVE_INFINITY } } };
    expect(() => writePlan([wrong])).toThrow(/cell gain 10: size: expected a finite number, got Infinity/);
  });

  it('of another version is refused by name, before anything else is looked at', () => {
    const other = writePlan(runs).text.replace(`"version":"${version}"`, '"version":"99.0.0","new":1');
    expect(() => readPlan(other, 'plan.json')).toThrow(
      `plan.json: expected a plan of cohort-rl ${version}, which reads it, got one of "99.0.0"; export the sweep again`,
    );
  });

  it('that was changed is refused by the number and the name of its run', () => {
    const changed = readPlan(writePlan(runs).text.replace('"gain":20,"seed":1', '"gain":21,"seed":1'), 'plan.json');
    expect(() => runOfPlan(changed, 2, resolve, 'plan.json')).toThrow(
      /plan.json, run 2 \(gain 20, seed 1\): expected what was exported, [0-9a-f]{16}, got [0-9a-f]{16}: .*was changed since; export/,
    );
    expect(runOfPlan(changed, 3, resolve, 'plan.json').seed).toBe(2);
    // The seed alone, too: what is trained has the seed that the plan names.
    const seed = readPlan(writePlan(runs).text.replace('"seed":2,"road"', '"seed":7,"road"'), 'plan.json');
    expect(() => runOfPlan(seed, 1, resolve, 'plan.json')).toThrow(/run 1 \(gain 10, seed 7\): expected what was exported/);
    // A release that computes otherwise, a module with another text: the identity says so.
    const otherwise: ResolveRun = (input, subject) => ({ ...resolve(input, subject), behavior: { method: 2, target: 1 } });
    expect(() => runOfPlan(readPlan(writePlan(runs).text, 'p'), 0, otherwise, 'p')).toThrow(/expected what was exported/);
  });

  it.each([
    ['no JSON', 'nonsense', /got text that is no JSON/],
    ['another file', '{"title":"x"}', /plan.json, format: expected/],
    ['no runs', `{"format":"cohort-rl cluster plan","formatVersion":1,"version":"${version}","runs":[]}`, /plan.json, runs/],
    ['an identity that is none', writePlan(runs).text.replace(/"identity":"../, '"identity":"../'), /identity/],
    ['a field that nobody knows', writePlan(runs).text.replace('"cell":', '"command":"rm","cell":'), /got "command"/],
  ])('refuses %s', (_, text, says) => {
    expect(() => readPlan(text, 'plan.json')).toThrow(says);
  });

  it('has no other numbers than those of its runs', () => {
    const plan = readPlan(writePlan(runs).text, 'plan.json');
    for (const index of [-1, 4, 0.5]) expect(() => runOfPlan(plan, index, resolve, 'p')).toThrow(/the number of a run from 0 to 3/);
  });
});

describe('names and words', () => {
  it.each([
    ['rates', 'rates'],
    ['Two Rates_v1', 'two-rates-v1'],
    ['$(rm -rf /)\n#SBATCH', 'rm-rf-sbatch'],
    ['1-9', 'sweep'],
    ['---', 'sweep'],
    ['x'.repeat(60), 'x'.repeat(40)],
    [`${'x'.repeat(39)}-y`, 'x'.repeat(39)],
  ])('%j is %s to a scheduler', (name, plain) => {
    expect(plainName(name)).toBe(plain);
  });

  it('of a task name its plan, the results and the modules', () => {
    expect(taskWords('/p.json', '/r', ['a.js', 'b.js'])).toEqual([
      'task',
      '/p.json',
      '--results',
      '/r',
      '--module',
      'a.js',
      '--module',
      'b.js',
    ]);
  });
});
