/**
 * `cohort-rl lm chat <run|model|server>`: a conversation with a pretrained model, as it is or as a run has trained it.
 */
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import type { LanguageModel } from '../../node/toolkit.ts';
import { answer, type Context, type Tools } from '../context.ts';
import { findBegun, runArgument } from '../findRun.ts';
import { commandLine, shownPath } from '../invocation.ts';
import { NumberOption } from '../options.ts';
import { writeJson, writeLine } from '../output.ts';
import { languageModels } from '../roads/index.ts';
import { commandOf } from '../roads/road.ts';
import { type DrawFlags, drawOptions } from './sample.ts';
import { type ServerFlags, serverOptions } from './serverOptions.ts';
import { weightsOption } from './weights.ts';

interface ChatFlags extends DrawFlags, ServerFlags {
  readonly system?: string;
  readonly maxTokens?: number;
}

type Message = Parameters<LanguageModel['chat']>[0]['messages'][number];

const takes = { road: languageModels, models: true, servers: true };

/** Adds `chat` to `lm`. */
export function addChat(group: Command, context: Context): void {
  const command = group
    .command('chat')
    .description('talk to a pretrained model, as it is or as a run has trained it; a message per line')
    .addArgument(runArgument(takes))
    .option('--system <text>', 'what the model is told before everything else (default: what its chat template says)')
    .addOption(
      new NumberOption('--max-tokens <n>', 'most tokens of an answer (default 256)', {
        min: 1,
        max: 65_536,
      }),
    )
    .option('--greedy', 'the most probable token each time');
  for (const option of drawOptions) if (option.long !== '--samples') command.addOption(option);
  for (const option of [weightsOption(), ...serverOptions()]) command.addOption(option);
  command.option('--json', 'write one JSON line per message').action(answer(context, runChat));
}

/** Tokens of a conversation that there is room for. */
const usualConversation = 1024;

/** What the user types instead of a message. */
const commands = { forget: '/new', end: '/end' } as const;

async function runChat(path: string, flags: ChatFlags, { library, paint }: Tools): Promise<void> {
  const { system, maxTokens, json, greedy, seed = 1, baseWeights, model: name, tokenizer, ...draws } = flags;
  const { begun, found } = findBegun(path, commandOf(languageModels, 'chat').join(' '), library, takes);
  if (found.plan) {
    const advice = `name one of its seeds: \`${commandLine(...commandOf(languageModels, 'chat'), shownPath(begun[0].directory))}\``;
    throw library.mistake('lm chat', 'one model', `${library.show(path)}, of several seeds`, advice);
  }
  // A server has its own room for it.
  const promptLength = found.isServer ? undefined : usualConversation;
  const opening = { maxTokens, promptLength, baseWeights, model: name, tokenizer };
  const model = await library.loadLanguageModel(begun[0].directory, opening);
  const isTerminal = process.stdin.isTTY === true;
  if (!json && isTerminal) {
    writeLine(paint('gray', `${shownPath(path)}; ${commands.forget} begins anew, ${commands.end} or Ctrl+D ends`));
  }
  const beginning: readonly Message[] = system === undefined ? [] : [{ role: 'system', content: system }];
  let messages = [...beginning];
  const lines = createInterface({ input: process.stdin, output: isTerminal ? process.stderr : undefined, prompt: paint('cyan', '> ') });
  if (isTerminal) lines.prompt();
  let turn = 0;
  for await (const line of lines) {
    const content = line.trim();
    if (content === commands.end) break;
    if (content === commands.forget) messages = [...beginning];
    else if (content !== '') {
      messages.push({ role: 'user', content });
      // Every turn has draws of its own.
      const { completion, ended, tokens } = await model.chatAsync({ messages, ...draws, greedy, seed: seed + turn++ });
      messages.push({ role: 'assistant', content: completion });
      if (json) writeJson({ event: 'message', content: completion, tokens, ended });
      else writeLine(ended ? completion : `${completion}${paint('gray', ' … (cut at the most tokens of an answer)')}`);
    }
    if (isTerminal) lines.prompt();
  }
  lines.close();
  model.close();
}
