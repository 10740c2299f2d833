/** A sweep that is killed, or whose processes are: the results are those of a sweep that never was, and nothing runs twice. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunResult, readResults } from '../../src/experiments/result.ts';
import { createGenerator } from '../../src/random/index.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'cohort-sweep-'));
const file = join(folder, 'sweep.yaml');
const text = `
seeds: 2
settings: { env: CartPole-v1, iterations: 40, numEnvs: 16, checkpointInterval: 1, evaluationInterval: 10 }
axes: { algorithm: [gpg, ppo], learningRate: [2.5e-4, 1e-3] }
`;
const runs = 8;

interface Event {
  readonly event: string;
  readonly identity?: string;
}

/** Starts a sweep; its events, and how it ends. */
function start(results: string) {
  const child = spawn(process.execPath, [cli, 'sweep', file, '--results', results, '--jobs', '2', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events: Event[] = [];
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) events.push(JSON.parse(line));
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, events, ended };
}

/** Results without what a clock decides, by identity. */
function resultsIn(results: string): RunResult[] {
  const path = join(results, 'CartPole-v1.jsonl');
  let content = '';
  try {
    content = readFileSync(path, 'utf8');
  } catch {
    // Killed before the first run ended.
  }
  return readResults(content, path).map(({ seconds: _, figures: __, ...result }) => ({
    ...result,
    seconds: 0,
    evaluations: { ...result.evaluations, seconds: [] },
  }));
}

const byIdentity = (results: readonly RunResult[]): RunResult[] => [...results].sort((a, b) => (a.identity < b.identity ? -1 : 1));

describe('a sweep', () => {
  const whole = join(folder, 'whole');
  beforeAll(async () => {
    writeFileSync(file, text);
    expect(await start(whole).ended).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('that is killed at five moments ends with the same results, each run once', async () => {
    const results = join(folder, 'killed');
    const generator = createGenerator(11);
    let kills = 0;
    for (let attempt = 0; attempt < 20 && kills < 5; attempt++) {
      const before = new Set(resultsIn(results).map(({ identity }) => identity));
      const { child, events, ended } = start(results);
      await Promise.race([ended, setTimeout(generator.uniform(500, 5000))]);
      if (child.exitCode !== null) break;
      child.kill('SIGKILL');
      await ended;
      kills++;
      expect(events.filter(({ event, identity }) => event === 'started' && before.has(identity!))).toEqual([]);
    }
    expect(kills).toBeGreaterThanOrEqual(3);
    const last = start(results);
    expect(await last.ended).toBe(0);
    const found = resultsIn(results);
    expect(found).toHaveLength(runs);
    expect(new Set(found.map(({ identity }) => identity)).size).toBe(runs);
    expect(byIdentity(found)).toEqual(byIdentity(resultsIn(whole)));
  });

  it('goes on with a run whose process is killed', async () => {
    const results = join(folder, 'worker');
    const { child, events, ended } = start(results);
    while (!events.some(({ event }) => event === 'progress')) await setTimeout(20);
    const [worker] = execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    process.kill(Number(worker), 'SIGKILL');
    expect(await ended).toBe(0);
    expect(byIdentity(resultsIn(results))).toEqual(byIdentity(resultsIn(whole)));
  });
});
