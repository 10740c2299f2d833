/**
 * `cohort-rl methods [name]`: the table of methods, and the page of one.
 */
import type { Command } from 'commander';
import { answer, type Context, type Tools } from './context.ts';
import { commandLine, invocation } from './invocation.ts';
import type { Library } from './library.ts';
import { SuggestedArgument } from './options.ts';
import { writeJson, writeLine } from './output.ts';
import { table } from './terminal.ts';

/** One method as it is written. */
interface Listed {
  readonly name: string;
  readonly title: string;
  readonly loss: Library['methods'][keyof Library['methods']]['loss'];
  readonly environments: boolean;
  readonly languageModels: boolean;
  readonly page: Library['methodPages'][keyof Library['methodPages']];
}

function list({ methods, methodNames, methodPages, algorithms }: Library): Listed[] {
  return methodNames.map((name) => {
    const { title, loss } = methods[name];
    return {
      name,
      title,
      loss,
      environments: algorithms.find(name) !== undefined,
      languageModels: 'completions' in methods[name],
      page: methodPages[name],
    };
  });
}

/** Adds `methods` to the program. */
export function addMethods(program: Command, context: Context): void {
  const suggest = (library: Library): [string, string][] => list(library).map(({ name, title }) => [name, title]);
  program
    .command('methods')
    .description('list the methods that train, for environments and language models, or show one')
    .addArgument(new SuggestedArgument('[name]', 'a method; without it, all of them', suggest))
    .option('--json', 'write one JSON line per method')
    .action(answer(context, runMethods));
}

function writePage({ name, title, loss, environments, languageModels, page }: Listed, { paint, library }: Tools): void {
  writeLine(paint('bold', `${name}: ${title}`));
  const rows: [string, string][] = [
    ['advantage', page.equation],
    ['loss', library.describeLoss(loss)],
    ['source', page.source],
    ['assumes', page.assumes],
    ['costs', page.costs],
    ['unbiased', page.unbiased],
    ['held by', page.test],
    ['note', page.note],
  ];
  for (const [word, text] of rows) writeLine(`  ${word.padEnd(10)} ${text}`);
  writeLine('');
  if (environments) writeLine(`  ${commandLine('train', 'CartPole-v1', '--algorithm', name)}`);
  if (languageModels) writeLine(`  ${commandLine('lm', 'train', 'add-2digit', '--estimator', name)}`);
}

async function runMethods(name: string | undefined, { json }: { readonly json?: boolean }, tools: Tools): Promise<void> {
  const { library, paint } = tools;
  if (name !== undefined) library.findMethod(name);
  const chosen = list(library).filter((method) => name === undefined || method.name === name);
  if (json) {
    for (const { page, ...method } of chosen) writeJson({ event: 'method', ...method, ...page });
    return;
  }
  const [only] = chosen;
  if (name !== undefined && only) {
    writePage(only, tools);
    return;
  }
  const yes = (is: boolean): string => (is ? 'yes' : '');
  const rows = chosen.map(({ name: own, title, environments, languageModels }) => [own, title, yes(environments), yes(languageModels)]);
  for (const line of table(['name', 'method', 'environments', 'language models'], rows, { paint })) writeLine(line);
  writeLine('');
  writeLine(`\`${invocation()} methods <name>\` shows equation, source, loss, assumptions and costs of one.`);
}
