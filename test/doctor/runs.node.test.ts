import { readdirSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { examine, rules, watchRun } from '../../src/doctor/index.ts';
import { standardRegistry } from '../../src/envs/index.ts';
import { examinedRun, healthy, ill } from './fixtures.ts';

describe('runs that learn', () => {
  it('are those of every environment and of three tasks, and more', () => {
    const targets = new Set(healthy.map(([, command]) => command.match(/train (\S+)/)![1]));
    for (const { id } of standardRegistry().list()) expect(targets).toContain(id);
    expect([...targets].filter((target) => !target!.includes('-v')).length).toBeGreaterThanOrEqual(3);
    expect(healthy.length).toBeGreaterThanOrEqual(20);
  });

  it.each(healthy)('%s: nothing is found, from its first iterations to its last', (name) => {
    const run = examinedRun(name);
    const see = watchRun(run);
    run.rows.forEach((row, index) => {
      expect(examine({ ...run, rows: run.rows.slice(0, index + 1) })).toEqual([]);
      expect(see(row.iteration!, row)).toBeUndefined();
    });
  });
});

describe('runs with an illness', () => {
  it.each(ill)('%s: what is wrong is found, and nothing else', (name, _command, expected) => {
    const findings = examine(examinedRun(name));
    expect(new Set(findings.map((finding) => finding.name))).toEqual(new Set(expected));
    for (const { value, source, advice, from, to } of findings) {
      expect(Number.isFinite(value) && source !== '' && advice !== '' && from <= to).toBe(true);
    }
  });

  it('show every rule', () => {
    const shown = new Set(ill.flatMap(([, , expected]) => expected));
    expect([...shown].sort()).toEqual(rules.map(({ name }) => name).sort());
  });
});

it('the recordings are small', () => {
  const folder = new URL('../fixtures/doctor/recorded/', import.meta.url);
  const files = readdirSync(folder);
  expect(files.sort()).toEqual([...healthy, ...ill].map(([name]) => `${name}.json`).sort());
  expect(files.reduce((sum, file) => sum + statSync(new URL(file, folder)).size, 0)).toBeLessThan(9000 * files.length);
});
