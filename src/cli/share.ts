/**
 * `cohort-rl share <run>`: a finished run as a link, which whoever opens it trains again to the same bits.
 */
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { findBegun, refuseProgramsOwn, runArgument } from './findRun.ts';
import { follow } from './follow.ts';
import { interruptedCode } from './interrupt.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { NumberOption } from './options.ts';
import { writeJson, writeLine, writeNote } from './output.ts';
import { environments } from './roads/index.ts';

interface ShareFlags {
  readonly page?: string;
  readonly threads?: number;
  readonly json?: boolean;
}

const takes = { road: environments };

/** Adds `share` to the program. */
export function addShare(program: Command, context: Context): void {
  program
    .command('share')
    .description('make a link of a finished run, which trains again wherever it is opened; trains it again here to begin with')
    .addArgument(runArgument(takes))
    .option('--page <address>', 'the page that reads the link: its address is put before (default: the fragment alone)')
    .addOption(new NumberOption('--threads <n>', 'threads of the training; the bits do not depend on it (default: 1)', { min: 1, max: 64 }))
    .option('--json', 'write one JSON line per seed: folder, seed, link')
    .action(answer(context, runShare));
}

/** The address of a page without its fragment. Throws `CohortError` for what is none. */
function pageAddress(page: string | undefined, { mistake, show }: Library): string {
  if (page === undefined) return '';
  const advice = 'write for example --page https://example.org/playground/';
  if (!URL.canParse(page) || !/^https?:$/.test(new URL(page).protocol))
    throw mistake('--page', 'the address of a page', show(page), advice);
  const address = new URL(page);
  address.hash = '';
  return address.href;
}

async function runShare(path: string, { page, threads, json }: ShareFlags, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  const address = pageAddress(page, library);
  const { found, begun } = findBegun(path, 'share', library, takes);
  refuseProgramsOwn(found, 'share', 'a link holds no code: send the program', library);
  for (const { directory, seed, config, summary } of begun) {
    const shown = shownPath(directory);
    if (!summary) throw library.mistake('share', 'a run that has ended', `${library.show(shown)}, which has not`, 'resume it first');
    const link = await follow(`${shown}: `, (followed) => library.shareRun(directory, { ...followed, threads }));
    if (link === undefined) return tools.exit(interruptedCode());
    if (json) writeJson({ event: 'share', runDirectory: shown, seed: seed ?? config.seed, link: address + link });
    else writeLine(address + link);
  }
  if (json) return;
  const verify = paint('cyan', commandLine('verify-run', '#run=...'));
  // Not on standard output, which may be a clipboard.
  writeNote(page === undefined ? `Put it behind the address of a page that reads it, or: ${verify}` : `Without a browser: ${verify}`);
}
