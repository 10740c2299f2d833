/** What a person chooses, and the configurations that it stands for. No DOM here. */
import type { WorkerTrainConfig } from 'cohort-rl/worker';

/** One lane's choices. An empty text leaves a field to the recipe. */
export interface LaneSettings {
  readonly algorithm: string;
  /** The recipe; `default` where it says nothing. */
  readonly recipe: string;
  /** N, the environments of the group. */
  readonly numEnvs: string;
  readonly bins: string;
  /** The width of a cell of space bins: the paper's epsilon. */
  readonly binWidth: string;
}

/** The choices of the page. */
export interface Settings {
  readonly env: string;
  /** Numbers with commas: `1, 2, 3`. */
  readonly seeds: string;
  /** Iterations of each run; empty for the recipes' own. */
  readonly iterations: string;
  readonly lanes: readonly LaneSettings[];
}

const lane = (algorithm: string): LaneSettings => ({ algorithm, recipe: 'default', numEnvs: '', bins: '', binWidth: '' });

/** What the page shows at first. */
export const firstSettings: Settings = { env: 'CartPole-v1', seeds: '1', iterations: '', lanes: [lane('gpg'), lane('ppo')] };

/** Seeds that train side by side at most: each is a worker for each lane. */
export const maxSeeds = 8;

/** The field of a form that a mistake belongs to, and what is wrong, in words. */
export class SettingsError extends Error {
  readonly field: string;
  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The seeds of the text. Throws {@link SettingsError} for what is no list of different whole numbers. */
export function parseSeeds(text: string): number[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const seeds = words.map(Number);
  const isFine = words.length > 0 && words.every((word) => /^\d+$/.test(word)) && seeds.every(Number.isSafeInteger);
  if (!isFine) throw new SettingsError('seeds', `seeds: expected whole numbers with commas between them, got "${text}"; write 1, 2, 3`);
  if (new Set(seeds).size < seeds.length) throw new SettingsError('seeds', 'seeds: expected different numbers; leave the second out');
  if (seeds.length > maxSeeds)
    throw new SettingsError('seeds', `seeds: expected at most ${maxSeeds}, got ${seeds.length}; each is a worker of its own`);
  return seeds;
}

function numberOf(field: string, text: string): number | undefined {
  if (text.trim() === '') return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw new SettingsError(field, `${field}: expected a number, got "${text}"; leave it empty for the recipe's`);
}

/** The configuration of a lane without its seed; the library checks its values. Throws {@link SettingsError} for what is no number. */
export function configOf(
  { env, ...common }: Pick<Settings, 'env' | 'iterations'>,
  { algorithm, recipe, bins, ...texts }: LaneSettings,
): WorkerTrainConfig {
  const iterations = numberOf('iterations', common.iterations);
  const numEnvs = numberOf('numEnvs', texts.numEnvs);
  const binWidth = numberOf('binWidth', texts.binWidth);
  return {
    env,
    algorithm,
    ...(recipe !== 'default' && { recipe }),
    ...(iterations !== undefined && { iterations }),
    ...(numEnvs !== undefined && { numEnvs }),
    ...(bins !== '' && { bins: bins as NonNullable<WorkerTrainConfig['bins']> }),
    ...(binWidth !== undefined && { binWidth }),
  };
}

/** What an error is about, and its words: the field that the library's error names, or none. */
export function placeOf(error: unknown): { readonly field: string; readonly message: string } {
  const {
    field,
    parts,
    message = String(error),
  } = error as {
    readonly field?: string;
    readonly parts?: { readonly subject: string };
    readonly message?: string;
  };
  // The library writes `train: numEnvs`.
  return { field: field ?? parts?.subject.split(': ').at(-1) ?? '', message };
}
