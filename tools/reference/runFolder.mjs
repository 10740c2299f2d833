/** docs/reference/run-folder.md. A test compares the names below with the files of a short run of each road. */
import { code, list, page, prose, table } from './markdown.mjs';

const environments = 'environments';
const models = 'language models';

/** The files by their keys in `runFiles`: road, content. */
const files = {
  config: ['', 'what runs: the road, the resolved configuration, versions; never changed once written'],
  metrics: ['', 'one JSON line per iteration, and one per evaluation'],
  episodes: [environments, 'one row per training episode that ended'],
  completions: [models, 'a few completions per iteration with their rewards, or with `completions: all` every one, one JSON line each'],
  evaluations: ['', 'one row per evaluation episode, or per held-out prompt'],
  events: [
    '',
    'the configuration and the numbers of the metrics for TensorBoard, by global step; its name ends with the time; `tensorboard: false` leaves it out',
  ],
  checkpoint: ['', 'tensors to go on from, and to what sizes the tables above belong to them'],
  summary: ['', 'what is known at the end; missing while the run goes on'],
  startPolicy: [
    environments,
    'the policy that the run began from, with `from`: a policy file, so that the run can begin again when its source is gone',
  ],
  startOptimizer: [environments, "the optimizer's state that it began with, with `withOptimizer`"],
  data: [models, 'a copy of the questions and answers of your own file: one JSON line per row, with `prompt`, `answer` and `solution`'],
  lock: ['', 'which process writes the run; gone when it ends'],
};

/** Names and meanings of each file; `path` is for a key inside an object. */
export const contents = {
  config: [
    ['format', '', '`cohort-run`'],
    ['formatVersion', '', '2; a folder of another version is refused'],
    ['road', '', '`environments` or `language-models`'],
    ['name', '', 'what people call the run, if anything; it decides no bit, and may be changed by hand'],
    ['tags', '', 'words to find the run by, likewise'],
    ['versions', '', 'versions of this package and of what it runs on, by name'],
    ['platform', '', 'runtime, operating system and architecture'],
    ['modules', '', 'name and SHA-256 of the modules of your own that registered what the run needs, if any; nothing loads them from here'],
    [
      'start',
      environments,
      'with `from`: `sha256` of the policy that the run began from, `optimizerSha256` with `withOptimizer`, and `from`, where it came from, as text that nothing opens',
    ],
    [
      'data',
      models,
      'of a run on your own file: its `name` and `sha256`, `copySha256` of data.jsonl, and `heldOut`, the share of prompts that is never trained on',
    ],
    [
      'config',
      '',
      'the [fields](fields.md) with every default written out; `env`, `algorithm` and `envOptions`, or `task`, are among them',
    ],
  ],
  metrics: [
    ['iteration', '', '1 for the first; 0 on the line of the evaluation before it'],
    ['globalStep', '', 'environment steps or completions so far'],
    ['seconds', '', 'seconds of training so far, those before a resume included'],
  ],
  episodes: [
    ['globalStep', '', 'environment steps of the run when the episode ended'],
    ['iteration', '', 'the iteration in which it ended'],
    ['env', '', 'index of the parallel environment, from 0'],
    ['return', '', 'undiscounted sum of the raw rewards'],
    ['length', '', 'steps'],
    ['seconds', '', 'seconds of training when it ended'],
  ],
  completions: [
    ['iteration', '', 'the iteration that sampled it'],
    ['prompt', '', 'the prompt'],
    ['completion', '', 'the text up to the end token, without it'],
    ['total', '', 'the total reward; null where it failed'],
    ['components', '', 'the parts of the reward by name, before their weights'],
    ['ended', '', 'whether it ended by itself, and was not cut at `maxTokens`'],
    [
      'group',
      '',
      'with `completions: all`: number of its prompt in the iteration, from 0; completions of one number are compared with each other',
    ],
    ['tokens', '', 'likewise: its tokens, the end token included'],
    ['logProb', '', 'likewise: log-probability under the policy that sampled it, in nats'],
    [
      'advantage',
      '',
      'likewise: what the estimator made of its reward, of several per completion the mean; null where the update did not use it',
    ],
    ['status', '', 'likewise: `ok`, or why it has no reward: `threw`, `notFinite`, `timedOut`'],
  ],
  evaluations: [
    ['globalStep', '', 'environment steps or completions so far'],
    ['iteration', '', '0 for the evaluation before the first iteration'],
    ['policy', '', '`sampled` or `greedy`'],
    ['episode', '', 'index of the episode or of the held-out prompt, from 0; the same index has the same seed or prompt every time'],
    ['return', '', 'undiscounted raw return; of a prompt the fraction of its completions that are right'],
    ['length', '', 'steps; of a prompt the mean number of tokens'],
  ],
  summary: [
    ['runDirectory', '', 'the folder'],
    ['seed', '', 'the seed; as text above 2^53'],
    ['name', '', 'as in config.json'],
    ['tags', '', 'as in config.json'],
    ['road', '', '`environments` or `language-models`'],
    ['target', '', 'id of the environment or of the task; `custom` for one of your own'],
    ['method', '', 'name of the algorithm or of the estimator'],
    [
      'status',
      '',
      '`done`, `stopped` (by `stopAfter` or `targetReturn`), `interrupted` (Ctrl-C, another signal of the system, an abort signal, or a loop that was left), `failed`',
    ],
    ['parametersSha256', '', 'SHA-256 over the final parameters in documented order, then the normalizer: little-endian numbers'],
    ['progress', '', '`{ unit, count }`: environment `steps`, or `completions` of a language model'],
    ['iterations', '', 'iterations done'],
    ['seconds', '', 'seconds of training, those before a resume included'],
    ['progressPerSecond', '', 'steps or completions per second of the last process; evaluation and files not counted'],
    ['tokens', models, 'tokens sampled for training'],
    ['startEvaluation', '', 'statistics of the evaluation before the first iteration, if there was one'],
    [
      'evaluation',
      '',
      'the evaluation at the end: `sampled` and `greedy`, each with mean, standard error, interquartile mean, returns and lengths; `null` for a run that was interrupted, which plays none',
    ],
    ['versions', '', 'as in config.json'],
    ['platform', '', 'as in config.json'],
    ['arithmetic', '', '`plain` or `fused`: which kernels computed'],
    ['message', '', 'why the run failed or stopped, in words; `solved` where it ended early with nothing left to learn'],
  ],
  metadata: [
    ['cohort.format', '', '`checkpoint/2`'],
    ['cohort.config', '', 'SHA-256 of the configuration that it belongs to; a foreign checkpoint is refused'],
    ['cohort.files', '', 'sizes in bytes of the files that grow, at this moment'],
    ['cohort.sha256', '', 'SHA-256 of the file itself with this entry blanked out'],
    ['counters', '', 'whole numbers as JSON: `iteration`, `globalStep`, `optimizerSteps`, and what else the road counts'],
    [
      'session',
      '',
      'JSON: seconds so far, the statistics of the evaluation before the first iteration, and what an interruption left to be done',
    ],
    ['policy', environments, 'JSON: what the policy is besides its numbers'],
  ],
  tensors: [
    ['actor.<layer>.weight', environments, 'float32 (out, in), layers from 0; the last one gives logits or means'],
    ['actor.<layer>.bias', environments, 'float32 (out)'],
    ['critic.<layer>.weight', environments, 'the same of the critic, with `ppo`'],
    ['critic.<layer>.bias', environments, 'the same of the critic, with `ppo`'],
    ['logStd', environments, 'float32 (A), for a box of actions: log standard deviation'],
    [
      'normalizer.<name>',
      environments,
      'float64: `mean` (D), `variance` (D) and `clip` (1) of the observations, with `normalizeObservation`',
    ],
    ['env/<name>', environments, 'the state of the environments, by the names of `getState`; missing for one that cannot give it'],
    ['normalization/<name>', environments, 'statistics of normalization, where the environment cannot give its state'],
    ['collector/elapsed', environments, 'int32 (N): steps of the running episodes'],
    ['history/<name>', environments, 'what an algorithm keeps from earlier rollouts, with `tail: carry`'],
    ['model.<name>.weight', models, "float32 (out, in): the model's parameters under Hugging Face's names for Llama"],
    ['lm_head.weight', models, 'float32 (vocabulary, hiddenSize): the head; missing with `tieWordEmbeddings`'],
    ['critic/<name>', models, 'the critic, with estimator `ppo`'],
    ['reference/<name>', models, 'the model after the warm start, with `klCoef`'],
    [
      'adam.first/<name>',
      '',
      "first moments of the optimizer, of every parameter; also SGD's momentum; of a critic of a language model `critic/adam.first/<name>`",
    ],
    ['adam.second/<name>', '', 'second moments'],
  ],
};

function columns(key, what) {
  return table(
    [what, 'only', 'meaning'],
    contents[key].map(([name, road, meaning]) => [code(name), road, meaning]),
  );
}

/** The rows of all files. Throws where the library knows a file that is not described, or the other way round. */
function fileRows(runFiles, snapshotFolder) {
  const [described, known] = [Object.keys(files), Object.keys(runFiles)];
  const odd = [...described.filter((key) => !known.includes(key)), ...known.filter((key) => !described.includes(key))];
  if (odd.length > 0) throw new Error(`run folder: ${odd.join(', ')} described or known, not both`);
  const rows = described.map((key) => [code(`${runFiles[key]}${runFiles[key].endsWith('.') ? '*' : ''}`), ...files[key]]);
  const snapshots = 'the policy after iteration n (0: before training), without what only training needs; `policySnapshots` says how many';
  return [...rows, [code(`${snapshotFolder}/<n>.safetensors`), environments, snapshots]];
}

export function renderRunFolder({ runFiles, snapshotFolder, keptWhole }) {
  return page('Run folder', [
    prose(
      'A run is a folder, one per seed. The command line keeps it under `runs/`, a program where `runDirectory` says. With several seeds the ' +
        'common folder holds one run folder per seed, and a `summary.json` of all of them.',
    ),
    table(['file', 'only', 'content'], fileRows(runFiles, snapshotFolder)),
    list([
      'One process writes a run at a time; reading is safe at any moment. Folders of strangers, and how one writer is kept: ' +
        '[Folders of strangers](../untrusted.md).',
      'A checkpoint is written to a temporary file first and then renamed, so a kill leaves the old one or the new one. `resume` cuts the files ' +
        'that grow back to the sizes of the checkpoint, and goes on to the same bits as a run that was never killed. It holds them to their sizes, ' +
        'not to their content: training reads nothing from them.',
      'A number that is not finite is `null` in JSON, and `NaN` or `Infinity` in CSV.',
      'Nothing in a run folder is ever executed.',
      `All of the first ${keptWhole.toLocaleString('en')} iterations have lines in the files that grow; then every second up to twice as many, every fourth up to four times as ` +
        'many, and so on, and the last one. Evaluations are all kept.',
    ]),
    prose(
      'A million iterations of CartPole leave 23,907 lines of metrics and a folder of 32 MB (metrics 17.5, TensorBoard 14.1, episodes 0.1):',
    ),
    [
      '```sh',
      'npx cohort-rl train CartPole-v1 --recipe none --bins universal --num-envs 1 --num-steps 8 \\',
      '  --num-minibatches 1 --update-epochs 1 --hidden-sizes 4 \\',
      '  --evaluation-interval 0 --iterations 1000000',
      '```',
    ].join('\n'),
    prose('From Python, every tensor and table can be read with ordinary packages:'),
    [
      '```python',
      'import json, pandas',
      'from safetensors.numpy import load_file',
      '',
      'metrics = pandas.read_json("runs/mine/metrics.jsonl", lines=True)',
      'tensors = load_file("runs/mine/checkpoint.safetensors")',
      'status = json.load(open("runs/mine/summary.json"))["status"]',
      '```',
    ].join('\n'),
    `## ${runFiles.config}`,
    columns('config', 'key'),
    `## ${runFiles.metrics}`,
    prose('Every line has these keys; all others are [metrics](metrics.md). Evaluations have lines of their own.'),
    columns('metrics', 'key'),
    `## ${runFiles.episodes}`,
    columns('episodes', 'column'),
    `## ${runFiles.completions}`,
    columns('completions', 'key'),
    `## ${runFiles.evaluations}`,
    columns('evaluations', 'column'),
    `## ${runFiles.checkpoint}`,
    prose(
      'A safetensors file: named tensors, row-major and little-endian, and texts in its metadata. Before the first iteration, at the end, and in ' +
        'between as `checkpointInterval` and `checkpointSeconds` say.',
    ),
    columns('tensors', 'tensor'),
    columns('metadata', 'metadata'),
    `## ${runFiles.summary}`,
    columns('summary', 'key'),
    prose(
      'The summary of several seeds has `seeds`, `parametersSha256` by seed, `progress` of all runs together, `evaluation` with statistics over the ' +
        "runs' mean returns, and `runs` with the summary of each.",
    ),
    `## ${snapshotFolder}/`,
    prose(
      'Policy files as `savePolicy` and `cohort-rl export` write them: the actor and the normalizer as tensors named as above, and a description of the ' +
        'policy as JSON under the metadata key `policy`. `loadPlayer(folder, { iteration })` and `cohort-rl watch` play them.',
    ),
  ]);
}
