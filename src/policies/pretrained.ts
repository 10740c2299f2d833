/**
 * Policies that come with the package: what is known of each, in `policies/list.json`, which `tools/pretrain.mjs` writes.
 */
import { parseJson } from '../core/json.ts';
import { type Checked, finite, listOf, objectOf, optional, such, text, whole } from '../core/stored.ts';
import { isVisible } from '../core/text.ts';

const shown = such(text({ min: 1, max: 2000 }), isVisible, 'text without control characters');
const sha256 = such(text(), (value) => /^[0-9a-f]{64}$/.test(value), 'SHA-256 in hexadecimal digits');

/** A mean return with its 95 % interval (Student) over the episodes; the standard deviation is that of single episodes. */
const evaluated = objectOf({ mean: finite(), low: finite(), high: finite(), standardDeviation: finite({ min: 0 }) });

const row = objectOf({
  /** What it is loaded by: the id of its environment. */
  name: such(text(), (value) => /^[A-Za-z0-9][\w-]{0,80}$/.test(value), 'name of letters, digits, - and _'),
  /** What it learned with: `ppo`. */
  algorithm: shown,
  /** The command that trains it to the same bits. */
  command: shown,
  seed: whole({ min: 0 }),
  numEnvs: whole({ min: 1 }),
  iterations: whole({ min: 1 }),
  /** Environment steps of training. */
  steps: whole({ min: 1 }),
  /** Wall time of training in seconds, on the machine below; it may have been busy with other work. */
  seconds: finite({ min: 0 }),
  machine: shown,
  /** When it was trained: `2026-11-28`. */
  date: such(text(), (value) => /^\d{4}-\d\d-\d\d$/.test(value), 'date as 2026-11-28'),
  /** Version of this package that trained it. */
  version: shown,
  /** Which of several seeds this is: the one whose greedy policy did best in other episodes than those below. */
  seedsTried: whole({ min: 1 }),
  /** Episodes behind each mean below, and the seed that names them. */
  episodes: whole({ min: 2 }),
  evaluationSeed: whole({ min: 0 }),
  greedy: evaluated,
  sampled: evaluated,
  /** SHA-256 over the parameters, as `summary.json` of the run says it. */
  parametersSha256: sha256,
  /** The file: its bytes and their SHA-256. */
  bytes: whole({ min: 1 }),
  sha256,
  /** What is odd about it, in a sentence. */
  note: optional(shown),
});

/** What is known of a policy that comes with the package. */
export type PretrainedPolicy = Readonly<Checked<typeof row>>;

const checkList = listOf(row, { max: 1000 });

/** The list from its text. Throws `CohortError` if it is damaged. */
export function parsePretrained(bytes: Uint8Array, subject: string): readonly PretrainedPolicy[] {
  return checkList(parseJson(bytes), { subject, path: [], advice: 'install the package again' });
}
