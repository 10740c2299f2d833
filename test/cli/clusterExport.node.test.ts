/** `--export`, `task` and `submit` as a user types them; no scheduler is needed. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { readResults } from '../../src/experiments/result.ts';
import { runFiles } from '../../src/run/layout.ts';
import { type Case, checkCase, runHere, write } from './badInputs.ts';
import { jsonLines, makeFolder, removeFolders, runCli } from './runCli.ts';

const sweep = `title: "Two rates; $(touch pwned)"
seeds: 2
settings: { recipe: none, iterations: 2, numEnvs: 4, numSteps: 16, evaluationInterval: 0, finalEvaluationEpisodes: 2 }
cells:
  "small \`touch pwned\`": { env: CartPole-v1, learningRate: 1e-4 }
  "large '; touch pwned": { env: CartPole-v1, learningRate: 1e-3 }
`;
let folder = '';
beforeAll(() => {
  folder = makeFolder();
  writeFileSync(join(folder, "it's.yaml"), sweep);
});
afterAll(removeFolders);

interface Manifest {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly resources: object }[] } } };
}

const hashesOf = (directory: string): Record<string, string | null> =>
  Object.fromEntries(
    readdirSync(join(folder, directory))
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) => readResults(readFileSync(join(folder, directory, name), 'utf8'), name))
      .map(({ cell, seed, parametersSha256 }) => [`${cell}/${seed}`, parametersSha256]),
  );

/** Runs a script of an export as one task of an array, without Slurm. */
const runTask = (script: string, index: number): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const slurm = { SLURM_ARRAY_JOB_ID: '1', SLURM_ARRAY_TASK_ID: String(index) };
    const child = spawn('bash', [join(folder, script)], { cwd: '/', env: { ...process.env, ...slurm } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (code) => resolve({ code, output }));
  });

const planOf = (directory: string): string => {
  const name = readdirSync(join(folder, directory)).find((file) => /^plan-[0-9a-f]{12}\.json$/.test(file));
  return join(directory, name ?? 'no plan');
};

describe('an export to Slurm', () => {
  it('says what to type, and trains nothing', async () => {
    const words = ['sweep', "it's.yaml", '--export', 'slurm', '--results', 'my results'];
    const dry = await runCli([...words, '--dry-run'], { cwd: folder });
    expect(dry).toMatchObject({ code: 0, stderr: '', stdout: '4 runs would be exported to my results/slurm.\n' });
    expect(existsSync(join(folder, 'my results'))).toBe(false);
    const { code, stdout, stderr } = await runCli(words, { cwd: folder });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(0, 2)).toEqual([
      '4 runs exported to my results/slurm',
      "Submit it: sbatch 'my results/slurm/array.sh'",
    ]);
    expect(stdout).toContain("cohort-rl compare 'my results'");
    expect(stdout).toMatch(/\nThe same command once more exports what failed; without --export it runs here\.\n$/);
    expect(readdirSync(join(folder, 'my results')).sort()).toEqual(['matrix.yaml', 'slurm']);
    expect(readdirSync(join(folder, 'my results/slurm')).sort()).toEqual(['array.sh', 'logs', expect.stringMatching(/^plan-/)]);
    // The same once more is the same.
    const json = jsonLines((await runCli([...words, '--json'], { cwd: folder })).stdout);
    expect(json).toEqual([
      { event: 'export', scheduler: 'slurm', runs: 4, folder: 'my results/slurm', files: [expect.any(String), 'array.sh'] },
    ]);
    expect(readdirSync(join(folder, 'my results/slurm'))).toHaveLength(3);
  });

  it('is run by tasks that may end at the same time, in any order, and twice; everything reads them', async () => {
    // What the file says later changes nothing of what was exported.
    writeFileSync(join(folder, "it's.yaml"), sweep.replace('iterations: 2', 'iterations: 3'));
    const script = 'my results/slurm/array.sh';
    const tasks = await Promise.all([3, 1, 0, 2].map((index) => runTask(script, index)));
    expect(tasks.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(tasks[0]!.output).toMatch(/^run 3 of 4: large '; touch pwned, seed 2\ndone after 2 iterations, [\d.]+ s\n$/);
    expect(await runTask(script, 3)).toMatchObject({ code: 0, output: expect.stringMatching(/its result is there: nothing to run\n$/) });
    expect(readdirSync(join(folder, 'my results')).filter((name) => name.includes('.part-'))).toHaveLength(4);
    expect(readdirSync(join(folder, 'my results/running'))).toEqual([]);
    writeFileSync(join(folder, "it's.yaml"), sweep);

    const compared = await runCli(['compare', 'my results'], { cwd: folder });
    expect(compared.stdout).toMatch(/learningRate 0.0001 +2 /);
    const local = await runCli(['sweep', "it's.yaml", '--results', 'local', '--quiet'], { cwd: folder });
    expect(local.code).toBe(0);
    expect(hashesOf('my results')).toEqual(hashesOf('local'));
    expect(Object.keys(hashesOf('local'))).toHaveLength(4);

    const after = await runCli(['sweep', "it's.yaml", '--results', 'my results'], { cwd: folder });
    expect(after.stdout).toMatch(/^4 runs are there: nothing to run\./);
    expect(readdirSync(join(folder, 'my results')).filter((name) => name.endsWith('.jsonl'))).toEqual(['CartPole-v1.jsonl']);
    expect(hashesOf('my results')).toEqual(hashesOf('local'));
    const none = await runCli(['sweep', "it's.yaml", '--results', 'my results', '--export', 'k8s'], { cwd: folder });
    expect(none).toMatchObject({ code: 0, stdout: 'All runs are there: nothing to export.\n' });
    // Only what is missing is exported.
    const more = await runCli(['sweep', "it's.yaml", '--results', 'my results', '--seeds', '3', '--export', 'slurm'], { cwd: folder });
    expect(more.stdout).toMatch(/^2 runs exported/);
    expect(existsSync(join(folder, 'pwned')) || existsSync('/pwned')).toBe(false);
  });

  it('goes on from the checkpoint of a task that was told to end, to the same bits', async () => {
    const long = sweep
      .replace('iterations: 2', 'iterations: 1500')
      .replace('seeds: 2', 'seeds: 1')
      .replace(/ {2}"large.*\n/, '');
    writeFileSync(join(folder, 'long.yaml'), long);
    for (const results of ['cut', 'whole']) {
      expect((await runCli(['sweep', 'long.yaml', '--export', 'slurm', '--results', results, '--quiet'], { cwd: folder })).code).toBe(0);
    }
    const task = (results: string): string[] => ['task', planOf(`${results}/slurm`), '--index', '0', '--results', results, '--job', 'one'];
    expect((await runCli(task('whole'), { cwd: folder })).code).toBe(0);
    /** Lines of metrics of the run that goes on; 0 before there is one. */
    const lines = (): number => {
      const running = join(folder, 'cut/running');
      const [run] = existsSync(running) ? readdirSync(running).filter((name) => !name.includes('.')) : [];
      const metrics = join(running, run ?? 'none', 'metrics.jsonl');
      return existsSync(metrics) ? readFileSync(metrics, 'utf8').split('\n').length : 0;
    };
    let timer: NodeJS.Timeout | undefined;
    const first = await runCli(task('cut'), {
      cwd: folder,
      onOutput: (_, interrupt) => {
        timer ??= setInterval(() => {
          if (lines() < 5) return;
          clearInterval(timer);
          interrupt('SIGTERM');
        }, 5);
      },
    });
    expect(first).toMatchObject({ code: 143, stdout: expect.stringMatching(/interrupted: goes on from its checkpoint\n$/) });
    // Its node died before it gave the lock back: another job is refused, the same one goes on.
    const [run] = readdirSync(join(folder, 'cut/running')).filter((name) => !name.includes('.'));
    const lock = { machine: 'elsewhere', place: '', pid: 7, startToken: '', token: 'x' };
    writeFileSync(join(folder, 'cut/running', run!, runFiles.lock), `${JSON.stringify(lock)}\n`);
    const stranger = await runCli([...task('cut').slice(0, -1), 'two'], { cwd: folder });
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringMatching(/got a lock of process 7 on elsewhere; wait for it/) });
    const second = await runCli(task('cut'), { cwd: folder });
    expect(second).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/\ngoes on at iteration \d+ of 1500\n(.*\n)*done after 1500 iterations/),
    });
    expect(hashesOf('cut')).toEqual(hashesOf('whole'));
    expect(readdirSync(join(folder, 'cut/running'))).toEqual([]);
  });

  it('refuses a plan that was changed, by the number of the run, and a module that was', async () => {
    const module = `export default ({ box, discrete }) => ({ observationSpace: box(0, 1, [1]), actionSpace: discrete(2),
      reset: () => ({ observation: Float32Array.of(0), info: {} }),
      step: () => ({ observation: Float32Array.of(0), reward: 1, terminated: true, truncated: false, info: {} }) });\n`;
    writeFileSync(join(folder, 'still.mjs'), module);
    writeFileSync(
      join(folder, 'own.yaml'),
      'settings: { env: still, recipe: none, iterations: 1, numEnvs: 1, numSteps: 4, numMinibatches: 1 }\n',
    );
    const words = ['sweep', 'own.yaml', '--module', 'still.mjs', '--export', 'slurm', '--results', 'own', '--quiet'];
    expect((await runCli(words, { cwd: folder })).code).toBe(0);
    writeFileSync(join(folder, 'still.mjs'), `${module}// changed\n`);
    const changed = await runTask('own/slurm/array.sh', 0);
    expect(changed).toMatchObject({
      code: 2,
      output: expect.stringMatching(/run 0 \(all, seed 1\): expected what was exported, .* module .* was changed since/),
    });
    writeFileSync(join(folder, 'still.mjs'), module);
    const plan = join(folder, planOf('own/slurm'));
    const text = readFileSync(plan, 'utf8');
    writeFileSync(plan, text.replace('"iterations":1', '"iterations":2'));
    expect((await runTask('own/slurm/array.sh', 0)).code).toBe(2);
    writeFileSync(plan, text);
    expect(await runTask('own/slurm/array.sh', 0)).toMatchObject({ code: 0 });
    // The matrix beside the results names an environment that only the module has.
    const report = await runCli(['report', 'own', '--module', 'still.mjs', '--markdown', 'own.md'], { cwd: folder });
    expect(report).toMatchObject({ code: 0, stderr: '' });
    expect(readFileSync(join(folder, 'own.md'), 'utf8')).toContain('still');
  });

  it('writes over its own files and over no others', async () => {
    const words = ['sweep', 'long.yaml', '--export', 'slurm', '--export-folder', 'mine'];
    expect((await runCli([...words, '--results', 'x'], { cwd: folder })).code).toBe(0);
    expect((await runCli([...words, '--results', 'y'], { cwd: folder })).code).toBe(0);
    writeFileSync(join(folder, 'mine/array.sh'), '#!/bin/sh\necho my own\n');
    const refused = await runCli([...words, '--results', 'x'], { cwd: folder });
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/mine\/array.sh: expected a file of an export, or none, got another file/),
    });
    expect(readFileSync(join(folder, 'mine/array.sh'), 'utf8')).toContain('my own');
  });
});

describe('exports to Kubernetes and Ray', () => {
  it('are YAML that reads back, with an image to build unless one is named', async () => {
    const words = ['sweep', "it's.yaml", '--results', 'k', '--export', 'k8s', '--memory', '1G', '--cpus', '2', '--jobs', '3'];
    const { stdout } = await runCli(words, { cwd: folder });
    expect(stdout).toMatch(/^4 runs exported to k\/k8s\nImage: +docker build .*\nSubmit it: kubectl create --filename k\/k8s\/job.yaml\n/);
    const read = () =>
      parseAllDocuments(readFileSync(join(folder, 'k/k8s/job.yaml'), 'utf8')).map((document) => document.toJS() as Manifest);
    const [configMap, job] = read();
    expect((JSON.parse(configMap!.data['plan.json']!) as { runs: unknown[] }).runs).toHaveLength(4);
    expect(job!.metadata.name).toMatch(/^it-s-[0-9a-f]{12}$/);
    expect(job!.spec).toMatchObject({ completions: 4, parallelism: 3 });
    expect(job!.spec.template.spec.containers[0]!.resources).toMatchObject({ limits: { memory: '1024Mi' } });
    expect(readFileSync(join(folder, 'k/k8s/Dockerfile'), 'utf8')).toMatch(/^FROM node:/m);
    const other = ['--export-folder', 'k/other', '--image', 'registry/mine:2', '--namespace', 'lab', '--claim', 'disk'];
    expect((await runCli([...words, ...other], { cwd: folder })).code).toBe(0);
    expect(readdirSync(join(folder, 'k/other'))).toEqual(['job.yaml']);
  });

  it('of a reproduction hold the runs of all its matrices, each once', async () => {
    const words = [
      'reproduce',
      'table1',
      '--tasks',
      'CartPole-v1',
      '--num-envs',
      '1,4',
      '--seeds',
      '2',
      '--results',
      'paper',
      '--export',
      'ray',
    ];
    const { code, stdout } = await runCli(words, { cwd: folder });
    expect(code).toBe(0);
    const { requests } = JSON.parse(readFileSync(join(folder, 'paper/ray/requests.json'), 'utf8')) as {
      requests: { metadata: { identity: string } }[];
    };
    expect(stdout).toMatch(
      new RegExp(`^${requests.length} runs exported to paper/ray\\nSubmit it: .*cohort-rl submit paper/ray/requests.json`),
    );
    expect(new Set(requests.map(({ metadata }) => metadata.identity)).size).toBe(requests.length);
    expect(requests.length).toBeGreaterThanOrEqual(8);
    const silent = await runCli(['submit', 'paper/ray/requests.json', '--address', 'http://127.0.0.1:9'], { cwd: folder });
    expect(silent).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/expected an answer of Ray, got .*ECONNREFUSED/) });
  });
});

const export_ = (...words: string[]): string[] => ['sweep', "it's.yaml", '--export', ...words];
const wrong: Case[] = [
  {
    name: 'an unknown scheduler',
    words: export_('slrum'),
    says: /--export: expected one of slurm, k8s, ray, got "slrum"; did you mean slurm/,
  },
  {
    name: 'a flag of an export without one',
    words: ['sweep', "it's.yaml", '--cpus', '2'],
    says: /--cpus: expected --export slurm .*, got no --export/,
  },
  {
    name: 'an image for Slurm',
    words: export_('slurm', '--image', 'x'),
    says: /--image: expected --export k8s beside it, got --export slurm/,
  },
  {
    name: 'a time limit for Ray',
    words: export_('ray', '--time', '2h'),
    says: /--time: expected --export slurm beside it, got --export ray/,
  },
  { name: 'a budget', words: export_('slurm', '--budget', '2h'), says: /--budget: expected a sweep that runs here/ },
  { name: 'a time that is none', words: export_('slurm', '--time', 'soon'), says: /--time: expected a time such as/ },
  {
    name: 'memory without a unit',
    words: export_('slurm', '--memory', '512'),
    says: /--memory: expected a whole number of M or G.*write for example --memory 2G/,
  },
  { name: 'no memory', words: export_('slurm', '--memory', '0G'), says: /--memory/ },
  { name: 'no cores', words: export_('slurm', '--cpus', '0'), says: /--cpus: expected a whole number from 1/ },
  {
    name: 'a folder without a name',
    words: export_('slurm', '--export-folder', ''),
    says: /--export-folder: expected the name of a folder/,
  },
  {
    name: 'an option of sbatch that is none',
    words: export_('slurm', '--scheduler-option', 'gpu'),
    says: /--scheduler-option: expected an option of sbatch/,
  },
  {
    name: 'a wrong matrix',
    words: ['sweep', 'bad.yaml', '--export', 'slurm'],
    prepare: write('bad.yaml', 'settings: { env: CartPol-v1 }'),
    says: /did you mean CartPole-v1/,
  },
  {
    name: 'a plan that is none',
    words: ['task', "it's.yaml", '--index', '0', '--results', 'r'],
    says: /it's.yaml: expected a plan of `sweep --export`/,
  },
  { name: 'no plan', words: ['task', 'p.json', '--index', '0', '--results', 'r'], says: /p.json: expected/, code: 1 },
  {
    name: 'a number that is none',
    words: ['task', "it's.yaml", '--index', '-1', '--results', 'r'],
    says: /--index: expected a whole number from 0/,
  },
  {
    name: 'a job with a path in it',
    words: ['task', "it's.yaml", '--index', '0', '--results', 'r', '--job', '../x'],
    says: /--job: expected letters/,
  },
  { name: 'requests that are none', words: ['submit', "it's.yaml"], says: /it's.yaml: expected requests to Ray/, code: 1 },
];

describe('bad input is one sentence, before anything is written', () => {
  let stock = '';
  beforeAll(() => {
    stock = makeFolder();
    writeFileSync(join(stock, "it's.yaml"), sweep);
  });
  it.each(wrong.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    await checkCase(stock, one, runHere);
  });
});
