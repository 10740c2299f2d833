/**
 * A run as a link: what to train, and what must come out of it. It holds data alone, never code, a module, a path, or anything of a run folder's texts.
 */
import { allAlgorithms } from '../algorithms/index.ts';
import { describeFields } from '../core/config.ts';
import { CohortError, mistake, show, suggest } from '../core/errors.ts';
import type { Space } from '../core/space.ts';
import { objectOf, such, text, whole } from '../core/stored.ts';
import { hexOf } from '../core/text.ts';
import { version as ownVersion } from '../core/version.ts';
import { lateRegistry } from '../envs/lateRegistry.ts';
import { readOptions } from '../envs/options.ts';
import type { EnvOptions, EnvSpec } from '../envs/spec.ts';
import { isKeepingField, runIdentity } from '../experiments/identity.ts';
import { type ResolvedConfig, resolveConfig, runSchema } from '../training/config.ts';
import { markDigits, marksOf } from './marks.ts';
import { askAgain, fromBase64url, readText, toBase64url, writeText } from './text.ts';
import { checkWork, type RunWork, type WorkLimits, workOf } from './work.ts';

/** A configuration as a link holds it: environment, algorithm, and the fields that are not at their defaults. Recipes are written out as their fields. */
export interface SharedConfig extends Readonly<Record<string, unknown>> {
  /** Id of an environment of the package. */
  readonly env: string;
  /** Name of an algorithm of the package. */
  readonly algorithm: string;
}

/** What a link says of a run. */
export interface SharedRun {
  /** Version of cohort-rl that trained it. */
  readonly version: string;
  readonly config: SharedConfig;
  /** Iterations after which the hash was taken: fewer than the configuration's where the run ended early. */
  readonly iterations: number;
  /** SHA-256 of the parameters at the end, as `summary.json` has it: 64 hexadecimal digits. */
  readonly parametersSha256: string;
  /** Short hashes of the policy, 8 hexadecimal digits each, after those iterations of {@link marksOf} that the run has reached. */
  readonly marks: readonly string[];
}

/** A link that was read, all of it checked. */
export interface RunLink extends SharedRun {
  /** The configuration with every default filled in. */
  readonly resolved: ResolvedConfig;
  /** What it takes to train it again. */
  readonly work: RunWork;
  /** What to know before it is trained again, one sentence each: that another version trained it, or trains it otherwise. */
  readonly notes: readonly string[];
}

/** How a link is read. */
export interface ReadLinkOptions {
  /** The most work that is accepted; default {@link defaultLimits}. */
  readonly limits?: WorkLimits;
}

const subject = 'link';
const hashBytes = 32;
const markBytes = markDigits / 2;
/** Hexadecimal digits of a configuration's identity that travel. */
const identityDigits = 8;

const visible = text({ min: 1, max: 64 });
const checkContent = objectOf({
  version: such(visible, (value) => /^\d{1,6}\.\d{1,6}\.\d{1,6}[\w.+-]*$/.test(value), 'a version'),
  config: objectOf({ env: visible, algorithm: visible }, { open: true }),
  identity: such(visible, (value) => /^[\da-f]{8}$/.test(value), '8 hexadecimal digits'),
  iterations: whole({ min: 1, max: 100_000_000 }),
  hashes: text({ max: 4096 }),
});

/** What a link holds, its fields checked one by one. */
function contentOf(link: unknown): ReturnType<typeof checkContent> {
  const record = readText(link);
  try {
    return checkContent(record, { subject, path: [], advice: askAgain });
  } catch (error) {
    // Whoever gave us the link can put it right.
    throw error instanceof CohortError ? new CohortError({ ...error.parts, kind: 'usage' }) : error;
  }
}

/** Tables of the package alone: what a program registered besides is not what another reader has. */
async function resolveShared(
  config: SharedConfig,
): Promise<Pick<RunLink, 'resolved'> & { readonly identity: string; readonly work: (to: number) => RunWork }> {
  const [registry, algorithms] = [lateRegistry(), allAlgorithms()];
  if (!registry.has(config.env)) {
    throw mistake(`${subject}: env`, 'an environment of the package', show(config.env), suggest(config.env, registry.names()));
  }
  const spec = await registry.load(config.env);
  const resolved = resolveConfig(config, subject, undefined, algorithms);
  readOptions(spec.id, spec.options ?? {}, resolved.envOptions);
  const travels = `a ${subject} holds data alone: share the folder of the run instead`;
  if (resolved.bins === 'custom') throw mistake(`${subject}: bins`, 'a named binning', 'a function of the program', travels);
  if (resolved.arithmetic !== 'plain') {
    const got = `${show(resolved.arithmetic)}, whose bits differ between machines`;
    throw mistake(`${subject}: arithmetic`, '"plain"', got, 'train it with plain arithmetic');
  }
  const method = algorithms.find(config.algorithm)?.behavior ?? 1;
  const behavior = { method, target: spec.behavior ?? 1 };
  const identity = runIdentity({ road: 'environments', config: resolved, behavior }).slice(0, identityDigits);
  const observationSpace = await observationSpaceOf(spec, resolved.envOptions);
  return { resolved, identity, work: (to) => workOf(resolved, { ...spec, observationSpace }, to) };
}

/** What an environment shows with such options: a map of one's own makes a network larger. An engine is not fetched for that; its options change a few numbers. */
async function observationSpaceOf(spec: EnvSpec, options: EnvOptions = {}): Promise<Space> {
  if (spec.needs || Object.keys(options).length === 0) return spec.observationSpace;
  const env = await spec.make(options);
  env.close?.();
  return env.observationSpace;
}

/**
 * A resolved configuration (as `config.json` has it, or the event `config`) as a link holds it: without the fields at their defaults, and without those that
 * change no bit (threads, checkpoints). Throws `CohortError` for what no link can hold.
 */
export function sharedConfigOf(config: Readonly<Record<string, unknown>>): SharedConfig {
  const { env, algorithm, envOptions } = config;
  if (typeof env !== 'string' || typeof algorithm !== 'string') {
    throw mistake(subject, 'a run on an environment', 'something else', 'language models are not shared as links yet');
  }
  const found = allAlgorithms().find(algorithm);
  if (!found) throw mistake(`${subject}: algorithm`, 'an algorithm of the package', show(algorithm), 'a link holds no code of yours');
  const changed = describeFields(runSchema(found)).flatMap(({ name, default: usual }) => {
    const value = config[name];
    const isUsual = value === undefined || JSON.stringify(value) === JSON.stringify(usual);
    return isUsual || isKeepingField(name) ? [] : [[name, value] as const];
  });
  const hasOptions = typeof envOptions === 'object' && envOptions !== null && Object.keys(envOptions).length > 0;
  return { env, algorithm, ...(hasOptions && { envOptions }), ...Object.fromEntries(changed) };
}

function bytesOfHex(digits: string): number[] {
  return Array.from({ length: digits.length / 2 }, (_, index) => Number.parseInt(digits.slice(2 * index, 2 * index + 2), 16));
}

/**
 * The fragment of an address that holds a run: put it behind the address of a page that reads it. Rejects with `CohortError` for a run that no link can hold: of
 * an environment or an algorithm that is not the package's, with a binning of the program, or with fused arithmetic.
 */
export async function runLink(run: SharedRun): Promise<string> {
  const { version, config, iterations, parametersSha256, marks } = run;
  const { identity } = await resolveShared(config);
  const hashes = toBase64url(Uint8Array.from(bytesOfHex(parametersSha256 + marks.join(''))));
  const link = writeText({ version, config, identity, iterations, hashes });
  // What its reader would refuse is not written.
  await readRunLink(link, {
    limits: { steps: Number.POSITIVE_INFINITY, multiplications: Number.POSITIVE_INFINITY, bytes: Number.POSITIVE_INFINITY },
  });
  return link;
}

function readHashes(given: string): Pick<SharedRun, 'parametersSha256' | 'marks'> {
  const bytes = fromBase64url(given);
  if (!bytes || bytes.length < hashBytes || (bytes.length - hashBytes) % markBytes !== 0) {
    throw mistake(`${subject}: hashes`, `${hashBytes} bytes, and ${markBytes} for each short one`, show(given), askAgain);
  }
  const digits = hexOf(bytes);
  const marks = Array.from({ length: (bytes.length - hashBytes) / markBytes }, (_, index) =>
    digits.slice(2 * hashBytes + markDigits * index, 2 * hashBytes + markDigits * (index + 1)),
  );
  return { parametersSha256: digits.slice(0, 2 * hashBytes), marks };
}

/** Sentences about what another version may do otherwise. */
function notesOf(version: string, isSame: boolean): string[] {
  const other = version === ownVersion ? [] : [`It was trained by cohort-rl ${version}; this is ${ownVersion}.`];
  return isSame ? other : [...other, 'This version trains that configuration otherwise, so other bits are to be expected.'];
}

/**
 * The run in a link: a fragment `#run=...`, or an address that ends with one. Nothing of it is trusted: its length, checksum and version come first, then
 * every field by the schema of configurations, then its work. Nothing of it is executed or fetched. Rejects with `CohortError` that says what is wrong.
 */
export async function readRunLink(link: string, { limits }: ReadLinkOptions = {}): Promise<RunLink> {
  const { version, config, identity: said, iterations, hashes } = contentOf(link);
  const shared = readHashes(hashes);
  const { resolved, identity, work: workTo } = await resolveShared(config as SharedConfig);
  const planned = marksOf(resolved);
  const end = planned.at(-1)!;
  if (iterations > end) throw mistake(`${subject}: iterations`, `at most ${end}, those of its configuration`, `${iterations}`, askAgain);
  const reached = planned.filter((mark) => mark <= iterations).length;
  if (shared.marks.length !== reached) {
    throw mistake(`${subject}: hashes`, `${reached} short ones for ${iterations} iterations`, `${shared.marks.length}`, askAgain);
  }
  const work = workTo(iterations);
  checkWork(work, limits);
  return { version, config: config as SharedConfig, iterations, ...shared, resolved, work, notes: notesOf(version, said === identity) };
}
