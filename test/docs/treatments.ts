/**
 * What happens to the blocks of the pages in the tests, where it is more than being run as they stand: made small, put where it belongs, or not run, with the
 * reason. Everything that is not named here is run.
 */

/** A block of JavaScript or TypeScript that is changed before it runs. */
export interface Program {
  /** Where it runs; Node, if nothing is said. */
  readonly in?: 'page';
  /** What it is made smaller by: text, and what stands there instead. Each must be found. */
  readonly small?: Readonly<Record<string, string>>;
  /** What it is part of: a function from the block to a program. */
  readonly within?: (code: string) => string;
  /** Why it is not run. */
  readonly not?: string;
}

const shortModel = 'iterations: 1, numGroups: 2, groupSize: 2, warmStartAccuracy: 0, minValidFraction: 0, finalEvaluationPrompts: 2';
const observation = 'const observation = new Float32Array(4);\n';

/** Pages whose programs run in every test run, by test/readme.node.test.ts: they take seconds. */
export const quickPages: readonly string[] = ['README.md', 'docs/gpg.md', 'docs/experiments.md'];

/** By name of the block. */
export const programs: Readonly<Record<string, Program>> = {
  'docs/browser.md js 1': { in: 'page', small: { 'iterations: 20': 'iterations: 3' } },
  'docs/browser.md js 2': { in: 'page' },
  'docs/browser.md js 3': {
    in: 'page',
    small: { "env: 'LunarLander-v3' }": "env: 'LunarLander-v3', iterations: 1 }", 'seed <= 20': 'seed <= 1' },
  },
  'docs/browser.md js 4': { in: 'page', small: { 'iterations: 20': 'iterations: 1' } },
  'docs/browser.md js 5': { in: 'page' },
  'docs/browser.md js 6': { not: 'run in Chromium with files of its own by test/browser/docsPictures.test.ts' },
  'docs/browser.md js 7': { in: 'page', small: { 'stopAfter: 20': 'stopAfter: 1, iterations: 2, finalEvaluationEpisodes: 1' } },
  'docs/browser.md js 8': { in: 'page', small: { 'cartPole(), 500': 'cartPole(), 30' } },
  'docs/environments.md js 2': { within: (code) => `export default class {\n${code}}\n` },
  'docs/environments.md js 3': {
    within: (code) => `const row = { cell: 3, flag: 5,\n${code}};\nif (row.scene().rows[0] !== '   @ P    ') throw row;\n`,
  },
  'docs/environments.md js 4': {
    within: (code) =>
      `import { checkScene } from 'cohort-rl/envs';\nclass Walk {\nat = 0;\nsteps = 0;\n${code}}\ncheckScene(new Walk().scene());\n`,
  },
  'docs/language-models/agents.md js 1': { not: 'part of examples/calculatorTool.js, which test/examples.slow.node.test.ts runs' },
  'docs/language-models/agents.md ts 1': {
    not: 'part of a program like examples/openaiAgent.js, which test/examples.slow.node.test.ts runs',
  },
  'docs/language-models/guide.md js 1': { small: { 'task: greatestDigit,': `task: greatestDigit, ${shortModel},` } },
  'docs/language-models/guide.md js 2': { small: { "task: 'add-2digit',": `task: 'add-2digit', ${shortModel},` } },
  'docs/language-models/pretrained.md ts 1': { not: 'needs a model of 145 MB; test/cli/lmPretrained.node.test.ts makes a small one' },
  'docs/language-models/servers.md ts 1': { not: 'needs a server of the Tinker protocol; test/lm/backends answers as one' },
  'docs/language-models/servers.md ts 2': { not: 'needs a server of vLLM or SGLang; test/lm/backends answers as one' },
  'docs/reference/policies.md js 1': { within: (code) => observation + code },
  'docs/sharing.md js 3': { in: 'page' },
  'docs/spaces.md js 2': { within: (code) => `${observation}const env = {\n${code}};\nenv.reset();\n` },
  'docs/tracking.md js 1': { not: 'needs a server of MLflow; test/sinks/mlflow.node.test.ts answers as one' },
};

/** Commands that are not run, and why. */
export const notRun: readonly (readonly [command: RegExp, reason: string])[] = [
  [/^npm (ci|install)\b/, 'asks the registry; the versions are held by test/readme.node.test.ts'],
  [/^npm test$/, 'runs this test'],
  [/--(?:queue|address) |^redis-server /, 'needs Redis or Ray; test/node/queue and test/node/raySubmit.node.test.ts have their own'],
  [/^(docker|kubectl|sbatch|ssh|wandb) /, 'needs a cluster, a registry of images, an account or another machine'],
  [/mlflow/, 'needs a server of MLflow; test/sinks/mlflow.node.test.ts answers as one'],
  [/^export TINKER|--backend tinker|runs\/\.\.\./, 'needs a server of the Tinker protocol; test/lm/backends answers as one'],
  [/127\.0\.0\.1:8000\/v1/, 'needs a server of vLLM or SGLang; test/lm/backends answers as one'],
  [/^python |checkTokenizer/, 'needs Python with torch and a model'],
  [
    /smollm2|model\.gguf|hf:|--model adapter|lm export|questions\.jsonl/,
    'needs a model of 145 MB or questions of your own; test/cli/lmPretrained.node.test.ts makes small ones',
  ],
  [/shapes\.jsonl|more\.jsonl|other\.csv/, 'needs pictures or rows of your own; test/lm/data makes some'],
  [/study\.yaml|experiments\/pretrained/, 'hours; needs a model of 145 MB'],
];

/** What a page needs before its commands: files by name, and commands. */
export const before: Readonly<
  Record<string, { readonly files?: Readonly<Record<string, string>>; readonly commands?: readonly string[] }>
> = {
  // What the tasks of a cluster would have made.
  'docs/clusters.md': { files: { 'rates.yaml': 'docs/experiments.md yaml 1' }, commands: ['npx cohort-rl sweep rates.yaml'] },
  'docs/experiments.md': { files: { 'rates.yaml': 'docs/experiments.md yaml 1' } },
  'docs/environments.md': { files: { 'my-env.js': 'docs/environments.md js 1' } },
  'docs/watch.md': { commands: ['npx cohort-rl train CartPole-v1 --run-dir runs/mine'] },
};

/** Options that make a command small, by what it begins with; those that come later win over those of the page. */
export const small: readonly (readonly [command: RegExp, options: string])[] = [
  [/^train \.\/my-env/, '--iterations 2 --final-evaluation-episodes 1 --evaluation-interval 0 --quiet'],
  [
    /^train\b/,
    '--iterations 2 --num-envs 4 --num-steps 32 --num-minibatches 1 --evaluation-interval 0 --final-evaluation-episodes 1 --quiet',
  ],
  [/^lm train\b/, '--warm-start-accuracy 0 --min-valid-fraction 0 --iterations 1 --num-groups 2 --final-evaluation-prompts 2 --quiet'],
  [/^lm eval\b/, '--prompts 2'],
  [/^resume runs\/flag\b/, '--iterations 3 --quiet'],
  [/^eval\b/, '--episodes 2'],
  [/^verify .*--out/, '--only consistency'],
  [/^verify(?!-)\b/, '--only leave-one-out'],
  [/^sweep (?!.*--export)/, '--seeds 1'],
  [/^reproduce (?!.*--report-only)/, '--dry-run'],
];
