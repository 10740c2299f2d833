/**
 * `cohort-rl verify-run <link or folder>`: trains a run again, and says whether it comes out the same.
 */
import type { Command } from 'commander';
import type { RunLink, Verification } from '../node/toolkit.ts';
import { answer, type Context, type Tools } from './context.ts';
import { exitCodes } from './failure.ts';
import { findBegun, refuseProgramsOwn, suggestFolders } from './findRun.ts';
import { follow } from './follow.ts';
import { interruptedCode } from './interrupt.ts';
import { shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { NumberOption, SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { environments, titleOf } from './roads/index.ts';

/** What the error of a link that asks for too much is about. */
const workSubject = 'link: its work';

interface VerifyRunFlags {
  readonly maxSteps?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

const takes = { road: environments };

/** Adds `verify-run` to the program. */
export function addVerifyRun(program: Command, context: Context): void {
  const description = 'link of a run (text with #run=...), or run folder, of one seed or several';
  program
    .command('verify-run')
    .description('train a run again, and say whether it comes out the same, or where it first differs')
    .addArgument(new SuggestedArgument('<run>', description, (library) => suggestFolders(takes, library)))
    .addOption(
      new NumberOption('--max-steps <n>', 'refuse a link that asks for more environment steps (default: 50000000)', { min: 1, max: 1e12 }),
    )
    .addOption(new NumberOption('--threads <n>', 'threads of the training; the bits do not depend on it (default: 1)', { min: 1, max: 64 }))
    .addOption(moduleOption())
    .option('--json', 'write one JSON line per run')
    .addHelpText('after', '\nThe exit code is 0 where the bits are the same, 1 where they differ, 2 where the link or the folder is none.')
    .action(answer(context, runVerifyRun));
}

/** Says what came of one run. */
function report(
  verification: Verification,
  said: { readonly runDirectory: string | null; readonly seed: unknown },
  tools: Tools,
  json = false,
): void {
  const { library, paint } = tools;
  const { notes, ...outcome } = verification;
  if (json) writeJson({ event: 'verification', ...said, ...outcome, notes });
  else
    writeLine(paint(outcome.same ? 'green' : outcome.outcome === 'differs' ? 'red' : 'yellow', library.describeVerification(verification)));
  if (outcome.outcome === 'interrupted') tools.exit(interruptedCode());
  else if (!outcome.same) tools.exit(exitCodes.failed);
}

/** Reads a link; the advice of an error is that of the command line. */
async function readLink(link: string, maxSteps: number | undefined, { readRunLink, CohortError }: Library): Promise<RunLink> {
  try {
    return await readRunLink(
      link,
      maxSteps === undefined ? {} : { limits: { steps: maxSteps, multiplications: Number.POSITIVE_INFINITY } },
    );
  } catch (error) {
    if (!(error instanceof CohortError) || error.parts.subject !== workSubject) throw error;
    throw new CohortError({ ...error.parts, advice: 'raise the limit with --max-steps if you trust who sent it' });
  }
}

async function verifyLink(link: RunLink, { threads, json }: VerifyRunFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const { resolved, work, notes } = link;
  if (!json) {
    writeLine(paint('bold', titleOf(environments, resolved, [resolved.seed]).join(', ')));
    writeLine(`It takes ${library.describeWork(work)}.`);
    for (const note of notes) writeLine(paint('yellow', note));
  }
  const verification = await follow('', (followed) => library.verifyRun(link, { ...followed, threads }));
  report(verification, { runDirectory: null, seed: resolved.seed }, tools, json);
}

async function runVerifyRun(run: string, flags: VerifyRunFlags, tools: Tools): Promise<void> {
  const { library, modules, paint } = tools;
  const { maxSteps, threads, json } = flags;
  if (run.includes('#run=')) {
    return verifyLink(await readLink(run, maxSteps, library), flags, tools);
  }
  if (maxSteps !== undefined) throw library.mistake('--max-steps', 'a link', 'a folder, which is yours', 'leave it out');
  const { found, begun } = findBegun(run, 'verify-run', library, takes);
  refuseProgramsOwn(found, 'verify-run', 'train it again in that program, and compare the hashes', library);
  for (const { directory, seed, config } of begun) {
    if (!json) writeLine(paint('bold', [shownPath(directory), ...titleOf(environments, config, [Number(config.seed)])].join(', ')));
    const options = { threads, modules: modules.map(({ url }) => url) };
    const verification = await follow('', (followed) => library.verifyRun(directory, { ...followed, ...options }));
    if (!json) for (const note of verification.notes) writeLine(paint('yellow', note));
    report(verification, { runDirectory: shownPath(directory), seed: seed ?? config.seed }, tools, json);
    if (verification.outcome === 'interrupted') return;
  }
}
