/**
 * `cohort-rl playground`: the page where two agents learn side by side, served on this machine.
 */
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { onInterrupt } from './interrupt.ts';
import { openBrowser } from './openBrowser.ts';
import { NumberOption } from './options.ts';
import { writeLine } from './output.ts';
import { packageFolder } from './packageFolder.ts';

interface PlaygroundOptions {
  readonly port?: number;
  readonly open: boolean;
}

/** Adds `playground` to the program. */
export function addPlayground(program: Command, context: Context): void {
  const run = answer(context, runPlayground);
  program
    .command('playground')
    .description('open a page where two agents learn side by side, in your browser')
    .addOption(
      new NumberOption('--port <n>', 'port of the page on 127.0.0.1; 0 is any (default: 4327, or the next free one)', {
        min: 0,
        max: 65_535,
      }),
    )
    .option('--no-open', 'do not open a browser; only print the address')
    .action((flags: PlaygroundOptions, self: Command) => run(undefined, flags, self));
}

async function runPlayground(_: undefined, { port, open }: PlaygroundOptions, { paint }: Tools): Promise<void> {
  const { startPlayground } = await import('../node/playground.ts');
  const server = await startPlayground({
    folder: fileURLToPath(new URL('./playground/', import.meta.url)),
    mujocoFolder: packageFolder('@mujoco/mujoco'),
    port,
  });
  const stopped = new Promise<void>((resolve) => onInterrupt(resolve));
  writeLine(`the playground is at ${paint('cyan', server.url)}`);
  const opened = open && openBrowser(server.urlOnce());
  writeLine(paint('gray', `${opened ? 'opening your browser' : 'open it in a browser'}; it trains there; Ctrl-C ends`));
  await stopped;
  await server.close();
}
