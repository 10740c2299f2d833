/** The pages in the order in which people need them. A test holds that every page of `docs/` stands here. */

interface Group {
  readonly text: string;
  /** Titles and pages, by their paths from the root of the repository. */
  readonly pages: readonly (readonly [title: string, path: string])[];
  readonly collapsed?: boolean;
}

export const groups: readonly Group[] = [
  {
    text: 'Begin',
    pages: [
      ['Overview', 'README'],
      ['Start', 'docs/start'],
      ['Coming from another library', 'docs/coming-from'],
      ['Your own environment', 'docs/environments'],
      ['Spaces, actions, masks', 'docs/spaces'],
      ['In a browser', 'docs/browser'],
    ],
  },
  {
    text: 'Look up',
    pages: [
      ['Fields and flags', 'docs/reference/fields'],
      ['Metrics', 'docs/reference/metrics'],
      ['Environments', 'docs/reference/environments'],
      ['Environments of MuJoCo', 'docs/reference/mujoco'],
      ['Recipes', 'docs/reference/recipes'],
      ['Methods', 'docs/reference/methods'],
      ['Tasks of language models', 'docs/reference/tasks'],
      ['Trained policies', 'docs/reference/policies'],
      ['Rules of doctor', 'docs/reference/doctor'],
      ['Verifier', 'docs/reference/verifier'],
      ['The run folder', 'docs/reference/run-folder'],
      ['API', 'api/index'],
    ],
  },
  {
    text: 'Work with runs',
    pages: [
      ['The playground', 'docs/playground'],
      ['The watch page', 'docs/watch'],
      ['Sharing a run', 'docs/sharing'],
      ['Run folders in Python', 'docs/run-folders'],
      ['Experiments', 'docs/experiments'],
      ['Weights & Biases, MLflow', 'docs/tracking'],
      ['Interruption', 'docs/interruption'],
      ['Folders of strangers', 'docs/untrusted'],
    ],
  },
  {
    text: 'The method',
    pages: [
      ['GPG explained', 'docs/gpg'],
      ['Which GPG this is', 'docs/which-gpg'],
      ['Its propositions, checked', 'experiments/theory/README'],
    ],
  },
  {
    text: 'Language models',
    pages: [
      ['Guide', 'docs/language-models/guide'],
      ['Method', 'docs/language-models/method'],
      ['Reference', 'docs/language-models/reference'],
      ['Verifier', 'docs/language-models/verifier'],
      ['Pretrained models', 'docs/language-models/pretrained'],
      ['Agents and tools', 'docs/language-models/agents'],
      ['Servers', 'docs/language-models/servers'],
    ],
  },
  {
    text: 'Many machines',
    pages: [
      ['A queue of runs', 'docs/many-machines'],
      ['Clusters', 'docs/clusters'],
    ],
  },
  {
    text: 'Results',
    pages: [
      ['The paper, rerun', 'experiments/reproduction/README'],
      ['All results', 'docs/results'],
      ['GPG and PPO at their best', 'experiments/defaults/README'],
      ['Classic control and toy text', 'experiments/solved/README'],
      ['Methods on CartPole', 'experiments/methods/README'],
      ['Methods on LunarLander', 'experiments/methods-lunarlander/README'],
      ['Parity with Gymnasium', 'docs/parity'],
      ['Benchmarks', 'docs/benchmarks'],
      ['What did not work', 'docs/log'],
    ],
  },
  {
    text: 'The project',
    pages: [
      ['Contributing', 'CONTRIBUTING'],
      ['Changes', 'CHANGELOG'],
    ],
  },
];
