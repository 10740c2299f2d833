/** The script for Slurm: what stands in it; what is refused. How a shell takes it: slurm.node.test.ts. */
import { describe, expect, it } from 'vitest';
import { type SlurmRequest, slurmScript } from '../../../src/experiments/clusters/slurm.ts';

const request: SlurmRequest = {
  name: 'Rates',
  id: '0123456789ab',
  tasks: 8,
  cpus: 1,
  command: ['/bin/node', '/home/me/cli.js', 'task', '/home/me/plan.json', '--results', '/home/me/r'],
  directory: '/home/me',
  logs: '/home/me/logs',
  options: [],
};
const optionsOf = (script: string): string[] => [...script.matchAll(/^#SBATCH (.*)$/gm)].map(([, option]) => option!);

describe('a script for Slurm', () => {
  it('asks for one task per run, and to be told in time, as sbatch(1) writes it', () => {
    expect(optionsOf(slurmScript(request))).toEqual([
      '--job-name=rates',
      '--array=0-7',
      '--cpus-per-task=1',
      '--requeue',
      '--open-mode=append',
      '--signal=B:TERM@120',
      '--output="/home/me/logs/%a.log"',
    ]);
    const more = { parallel: 3, cpus: 4, memory: 2048, seconds: 93_784.2, options: ['--partition=gpu', '--account=a b'] };
    expect(optionsOf(slurmScript({ ...request, tasks: 1, ...more }))).toEqual([
      '--job-name=rates',
      '--array=0-0%3',
      '--cpus-per-task=4',
      '--mem=2048M',
      // 93,785 s = 1 day + 2 h + 3 min + 5 s.
      '--time=1-02:03:05',
      '--requeue',
      '--open-mode=append',
      '--signal=B:TERM@120',
      '--output="/home/me/logs/%a.log"',
      '--partition=gpu',
      '--account=a b',
    ]);
    expect(optionsOf(slurmScript({ ...request, seconds: 3600 }))).toContain('--time=01:00:00');
    // Half of a short limit is left for the work.
    expect(optionsOf(slurmScript({ ...request, seconds: 90 }))).toContain('--signal=B:TERM@45');
  });

  it('has its options before its first command, where sbatch stops reading them', () => {
    const lines = slurmScript({ ...request, options: ['--qos=low'] }).split('\n');
    const command = lines.findIndex((line) => line !== '' && !line.startsWith('#'));
    expect(lines.findLastIndex((line) => line.startsWith('#SBATCH'))).toBeLessThan(command);
    expect(lines[0]).toBe('#!/bin/bash');
  });

  it('doubles per cent signs of a path, which stand for numbers otherwise', () => {
    expect(optionsOf(slurmScript({ ...request, logs: '/a b/100%/$(x)' }))).toContain('--output="/a b/100%%/$(x)/%a.log"');
  });

  it.each(['/a\\b', '/a"b', '/a\n#SBATCH --wrap=rm'])('refuses the path %j, which has no place in such a line', (logs) => {
    expect(() => slurmScript({ ...request, logs })).toThrow(/--export-folder: expected a path without/);
  });

  it.each(['gpu', '-p gpu', '--partition gpu', '--a=b\nrm -rf /', '--a=b\n', '--=x', ''])('refuses %j as an option', (option) => {
    expect(() => slurmScript({ ...request, options: [option] })).toThrow(/--scheduler-option: expected an option of sbatch/);
  });
});
