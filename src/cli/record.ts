/**
 * `cohort-rl record <run>`: plays an episode with what a run has learned and keeps it as a GIF, an MP4 film or a PNG; needs no display.
 */
import { extname, join } from 'node:path';
import type { Command } from 'commander';
import type { RecordFormat, Recording } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { iterationOption } from './export.ts';
import { findBegun, refuseProgramsOwn, runArgument } from './findRun.ts';
import { interruptedCode, onInterrupt } from './interrupt.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments } from './roads/index.ts';
import { statusLine } from './statusLine.ts';
import { formatNumber, formatSeconds, type Paint } from './terminal.ts';
import { maxCount, seedBounds } from './values.ts';

interface RecordFlags {
  readonly gif?: boolean;
  readonly mp4?: boolean;
  readonly png?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly iteration?: number;
  readonly episodes?: number;
  readonly seed?: number;
  readonly sampled?: boolean;
  readonly maxSteps?: number;
  readonly every?: number;
  readonly fps?: number;
  readonly width?: number;
  readonly pictures?: number;
  readonly at?: number;
  readonly caption: boolean;
  readonly json?: boolean;
}

const takes = { road: environments, policies: true };

/** Adds `record` to the program. */
export function addRecord(program: Command, context: Context): void {
  const number = (flag: string, description: string, min: number, max: number) => new NumberOption(flag, description, { min, max });
  program
    .command('record')
    .description('make a GIF, a film or pictures of what a run has learned')
    .addArgument(runArgument(takes))
    .option('--gif', "animated GIF (default, unless --output's ending says otherwise)")
    .option('--mp4', 'film (H.264)')
    .option('--png', 'moments of the episode side by side')
    .option(
      '--output <file>',
      'the file to write (default: episode.gif, .mp4 or .png in the run folder; of a policy that comes with the package here)',
    )
    .option('--force', 'replace the file if it is there')
    .addOption(iterationOption())
    .addOption(number('--episodes <n>', 'episodes, one after the other (default: 1)', 1, 1000))
    .addOption(new NumberOption('--seed <n>', 'seed of the episodes (default: as in eval)', seedBounds))
    .option('--sampled', 'draw actions as in training, instead of the most probable ones')
    .addOption(number('--max-steps <n>', "cut episodes here (default: the environment's own limit)", 1, maxCount))
    .addOption(number('--every <n>', 'steps per frame (default: 1; GIF: as many as keep it to 25 frames a second)', 1, 10_000))
    .addOption(number('--fps <n>', "frames per second of the file (default: the world's own speed)", 1, 240))
    .addOption(number('--width <pixels>', 'width; the height follows (default: 600; CliffWalking 720)', 64, 4096))
    .addOption(number('--pictures <n>', 'moments of a PNG (default: 6)', 1, 60))
    .addOption(number('--at <step>', 'a PNG of this step alone', 0, maxCount))
    .option('--no-caption', 'leave environment, step and return out of the picture')
    .option('--json', 'write one JSON line: file, frames, returns')
    .addOption(moduleOption())
    .action(answer(context, runRecord));
}

const formats = ['gif', 'mp4', 'png'] as const satisfies readonly RecordFormat[];

/** The format that a flag names, else the ending of the file, else GIF. Throws `CohortError` where they contradict each other. */
function formatOf(flags: RecordFlags, library: Library): RecordFormat {
  const asked = formats.filter((format) => flags[format]);
  const ending = extname(flags.output ?? '').toLowerCase();
  const written = formats.find((format) => `.${format}` === ending);
  if (asked.length > 1) {
    throw library.mistake('record', 'one format', asked.map((format) => `--${format}`).join(' and '), 'run it once for each');
  }
  const refuse = (expected: string, advice: string): never => {
    throw library.mistake('--output', expected, library.show(flags.output), advice);
  };
  if (flags.output === '' || (flags.output !== undefined && asked.length === 0 && !written)) {
    refuse('a file that ends in .gif, .mp4 or .png', 'add the ending, or say the format with --gif, --mp4 or --png');
  }
  if (asked[0] && written && asked[0] !== written) {
    refuse(`a file that ends in .${asked[0]}, as --${asked[0]} says`, 'leave the flag out: the ending says the format');
  }
  const format = asked[0] ?? written ?? 'gif';
  const foreign = format === 'png' ? (['fps', 'every'] as const) : (['pictures', 'at'] as const);
  const stray = foreign.find((name) => flags[name] !== undefined);
  if (stray) {
    const [expected, fitting] = format === 'png' ? ['a GIF or a film', '--gif or --mp4'] : ['a PNG', '--png'];
    throw library.mistake(`--${stray}`, expected, `--${format}`, `leave it out, or choose ${fitting}`);
  }
  return format;
}

/** How far a recording is, on a terminal. */
function progressLine(): { show(done: number, frames: number): void; clear(): void } {
  const line = statusLine();
  const begun = performance.now();
  return {
    show(done, frames) {
      const left = ((performance.now() - begun) / 1000 / done) * (frames - done);
      line.show(`frame ${done} of ${frames}, ${formatSeconds(left)} left`, done === frames);
    },
    clear: line.clear,
  };
}

async function runRecord(path: string, flags: RecordFlags, tools: Tools): Promise<void> {
  const { library } = tools;
  const format = formatOf(flags, library);
  const { iteration, episodes, seed, maxSteps, every, fps, width, pictures, at, caption } = flags;
  const { found, begun } = findBegun(path, 'record', library, takes);
  refuseProgramsOwn(found, 'record', 'call record(folder, { env: () => new YourEnv() }) in that program', library);
  const { directory } = begun[0];
  const name = `episode${iteration === undefined ? '' : `-${iteration}`}.${format}`;
  const file = flags.output ?? (found.isPretrained ? `${path}.${format}` : join(directory, name));
  const cancel = new AbortController();
  const line = progressLine();
  const release = onInterrupt(() => cancel.abort());
  try {
    const recording = await library.record(directory, {
      ...{ iteration, episodes, seed, maxSteps, every, framesPerSecond: fps, width, pictures, at, caption, file, format },
      overwrite: flags.force,
      greedy: !flags.sampled,
      signal: cancel.signal,
      onProgress: line.show,
    });
    line.clear();
    say(recording, flags.json === true, tools.paint);
  } catch (error) {
    line.clear();
    if (!cancel.signal.aborted) throw error;
    process.stderr.write('interrupted: nothing was written\n');
    tools.exit(interruptedCode());
  } finally {
    release();
  }
}

function say(recording: Recording, json: boolean, paint: Paint): void {
  if (json) {
    writeJson({ event: 'recording', ...recording });
    return;
  }
  const { env, greedy, frames, width, height, framesPerSecond, bytes, episodes, file } = recording;
  const what = framesPerSecond === undefined ? `${frames} picture${frames > 1 ? 's' : ''}` : `${frames} frames`;
  const pace =
    framesPerSecond === undefined ? '' : `, ${formatNumber(framesPerSecond, Number.isInteger(framesPerSecond) ? 0 : 1)} a second`;
  const kilobytes = Math.max(1, Math.round(bytes / 1000));
  writeLine(`${paint('bold', env)}, ${greedy ? 'greedy' : 'sampled'}: ${episodes.map(describe).join('; ')}`);
  writeLine(`${paint('cyan', shownPath(file))}  ${what}, ${width} x ${height}${pace}, ${kilobytes} kB`);
}

function describe(episode: Recording['episodes'][number]): string {
  const digits = Number.isInteger(episode.return) ? 0 : 1;
  return `return ${formatNumber(episode.return, digits)} in ${episode.length} steps`;
}
