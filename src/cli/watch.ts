/**
 * `cohort-rl watch [run]`: a page on this machine where what a run has learned plays, and where a person may take over.
 */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { findRun, knownRuns, refuseProgramsOwn, runArgument } from './findRun.ts';
import { onInterrupt } from './interrupt.ts';
import { commandLine, shownPath } from './invocation.ts';
import type { Library } from './library.ts';
import { moduleOption } from './modules.ts';
import { openBrowser } from './openBrowser.ts';
import { NumberOption } from './options.ts';
import { writeLine } from './output.ts';
import { packageFolder } from './packageFolder.ts';
import { environments } from './roads/index.ts';

interface WatchOptions {
  readonly port?: number;
  readonly open: boolean;
  readonly view: (typeof views)[number];
}

/** How a task is seen at first. */
const views = ['flat', 'space'] as const;
const takes = { road: environments, policies: true };
const portDescription = 'port of the page on 127.0.0.1; 0 is any (default: 4327, or the next free one)';

/** Adds `watch` to the program. */
export function addWatch(program: Command, context: Context): void {
  program
    .command('watch')
    .description('open a page where a trained policy plays, and where you may take over')
    .addArgument(runArgument(takes, 'the newest run'))
    .addOption(new NumberOption('--port <n>', portDescription, { min: 0, max: 65_535 }))
    .option('--no-open', 'do not open a browser; only print the address')
    .addOption(new Option('--view <name>', 'what to see at first: the flat picture, or bodies in space').choices(views).default('flat'))
    .addOption(moduleOption())
    .action(answer(context, runWatch));
}

/** When a run began: its configuration, or the plan of its seeds, is written first and never again. */
function begun(run: string, { runFiles, seedPlanFile }: Library): number {
  const times = [runFiles.config, seedPlanFile].map((name) => statSync(join(run, name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.max(...times);
}

/** The newest run, whatever its name. Throws `CohortError` if there is none. */
function newestRun(library: Library): string {
  const newest = knownRuns(library, environments).sort((a, b) => begun(b, library) - begun(a, library))[0];
  if (newest !== undefined) return newest;
  throw library.mistake('watch', 'a run to watch', 'no run folder below runs/', `make one with \`${commandLine('train', 'CartPole-v1')}\``);
}

async function runWatch(path: string | undefined, { port, open, view }: WatchOptions, { modules, library, paint }: Tools): Promise<void> {
  const { WatchFolders } = await import('../node/watch/folder.ts');
  const { startWatchServer } = await import('../node/watch/server.ts');
  const { installCommand } = await import('../node/film/optional.ts');
  const found = findRun(path ?? newestRun(library), 'watch', library, takes);
  refuseProgramsOwn(found, 'watch', 'play it in that program with loadPlayer', library);
  const { name } = found.labels;
  const title = name === undefined ? shownPath(found.path) : `${name} (${shownPath(found.path)})`;
  const folders = new WatchFolders(
    title,
    found.seeds.filter(({ begun }) => begun).map(({ seed, directory }) => ({ name: seed === undefined ? '' : `seed ${seed}`, directory })),
    library.algorithms,
  );
  const { sources } = await folders.state();
  if (found.isPolicy) await library.environmentOf(await library.readPolicy(found.path));
  for (const { env, envOptions } of sources) {
    // Says here what the page could only say later: an unknown environment, a package that is missing.
    (await library.environments.get(env).make(envOptions)).close?.();
  }
  // An export that is named behind the address stays there.
  const addresses = modules.map(({ url }, index) => {
    const { pathname, hash } = new URL(url);
    return { address: `modules/${index}/${basename(pathname)}`, hash, file: fileURLToPath(url) };
  });
  const files = new Map(addresses.map(({ address, file }) => [address, file]));
  // Of the package's own tasks those of MuJoCo have bodies in space; a module's may have some.
  const hasBodies = library.isMujocoLoaded() || files.size > 0;
  const threeFolder = hasBodies ? packageFolder('three') : undefined;
  const space = { chosen: view === 'space', install: hasBodies && threeFolder === undefined ? installCommand('three') : undefined };
  const server = await startWatchServer({
    pageFolder: fileURLToPath(new URL('./watch/', import.meta.url)),
    // Its bindings need rights that no other page has; whoever needs it has loaded it above.
    mujocoFolder: library.isMujocoLoaded() ? packageFolder('@mujoco/mujoco') : undefined,
    threeFolder,
    modules: files,
    readState: async () => ({ ...(await folders.state()), modules: addresses.map(({ address, hash }) => address + hash), space }),
    readFile: (address) => folders.file(address),
    port,
  });
  const stopped = new Promise<void>((resolve) => onInterrupt(resolve));
  writeLine(`${paint('bold', sources[0]!.env)}, ${title}`);
  writeLine(`plays at ${paint('cyan', server.url)}`);
  if (space.chosen && space.install !== undefined) writeLine(paint('gray', `for the view in space: ${space.install}`));
  const opened = open && openBrowser(server.urlOnce());
  writeLine(paint('gray', `${opened ? 'opening your browser' : 'open it in a browser'}; Ctrl-C ends`));
  await stopped;
  await server.close();
}
