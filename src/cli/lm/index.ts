/**
 * `cohort-rl lm ...`: the commands for language models.
 */
import type { Command } from 'commander';
import { invocation } from '../invocation.ts';
import type { Library } from '../library.ts';
import { addResume } from '../resume.ts';
import { addLanguageEvaluate } from './evaluate.ts';
import { addSample } from './sample.ts';
import { addTasks } from './tasks.ts';
import { addLanguageTrain } from './train.ts';

/** Adds the group `lm` to the program. */
export function addLanguage(program: Command, library: Library | undefined, exit: (code: number) => void): void {
  const group = program
    .command('lm')
    .description('language models: train them by group policy gradient (gpg-lm) and its relatives')
    .usage('<command> [options]')
    .helpCommand(false);
  addLanguageTrain(group, library, exit);
  addResume(group, exit, 'lm');
  addLanguageEvaluate(group, exit);
  addSample(group, exit);
  addTasks(group, exit);
  group.addHelpText('after', () => ['', 'Begin with:', `  ${invocation()} lm train add-2digit`].join('\n'));
}
