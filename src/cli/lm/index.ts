/**
 * `cohort-rl lm ...`: the commands that only language models have.
 */
import type { Command } from 'commander';
import type { AddCommand, Context } from '../context.ts';
import { addEvaluate } from '../evaluate.ts';
import { invocation } from '../invocation.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { addTrain } from '../train.ts';
import { addChat } from './chat.ts';
import { addModelExport } from './export.ts';
import { addSample } from './sample.ts';
import { addTasks } from './tasks.ts';

const commands: readonly AddCommand[] = [
  (group, context) => addTrain(group, context, languageModels),
  (group, context) => addEvaluate(group, context, languageModels),
  addSample,
  addChat,
  addModelExport,
  addTasks,
];

/** Adds the group to the program. */
export function addLanguage(program: Command, context: Context): void {
  const group = program
    .command(commandOf(languageModels).join(' '))
    .description('language models: train them by group policy gradient (gpg-lm) and its relatives')
    .usage('<command> [options]')
    .helpCommand(false);
  for (const add of commands) add(group, context);
  const train = [invocation(), ...commandOf(languageModels, 'train', languageModels.target.example)].join(' ');
  group.addHelpText('after', `\nBegin with:\n  ${train}`);
}
