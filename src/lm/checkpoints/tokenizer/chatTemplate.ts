/**
 * Chat templates: a conversation as the one text that a model was trained on.
 * What a template is given: huggingface/transformers 5.23, utils/chat_template_utils.py.
 */
import { isRecord } from '../../../core/arguments.ts';
import { failure, mistake, show } from '../../../core/errors.ts';
import type { ChatMessage } from '../checkpoint.ts';
import { boundedRange, createInterpreter, TemplateBound } from './interpreter.ts';
import type { TokenizerPackages } from './packages.ts';

/** Longest template, in UTF-16 units; real ones have up to some 30,000. */
export const longestTemplate = 1 << 18;
/** Most messages of a conversation. */
const mostMessages = 1000;

/** A conversation as text, up to where the answer begins. */
export type ChatRenderer = (messages: readonly ChatMessage[]) => string;

/** What a template said itself. */
class TemplateComplaint extends Error {}

/**
 * Reads a template, whose special tokens (`bos_token` and so on) are named. Throws `CohortError` for one that is too long or that cannot be read; what it
 * returns throws one for messages that are none, and for a template that fails, complains, or takes too much work.
 *
 * A template may not read a clock: `strftime_now` is not defined. One that asks whether it is (Llama 3.2's does) takes the date that is written in it; one
 * that does not ask is refused.
 */
export function createChatRenderer(
  template: string,
  specialTokens: ReadonlyMap<string, string>,
  { jinja }: Pick<TokenizerPackages, 'jinja'>,
): ChatRenderer {
  const subject = `chat template ${show(template)}`;
  if (template.length > longestTemplate) {
    throw failure(subject, `at most ${longestTemplate} characters`, String(template.length), 'choose another template');
  }
  const program = (() => {
    try {
      return jinja.parse(jinja.tokenize(template, { lstrip_blocks: true, trim_blocks: true }));
    } catch (cause) {
      throw failure(subject, 'a Jinja template', reasonOf(cause), 'take the template of the model as it was published', cause);
    }
  })();

  return (messages) => {
    checkMessages(messages);
    const environment = new jinja.Environment();
    const constants = { true: true, True: true, false: false, False: false, none: null, None: null };
    const functions = { range: boundedRange, raise_exception: complain };
    // Tools and documents there are none; templates ask whether they are `none`.
    const given = {
      messages: messages.map(({ role, content }) => ({ role, content })),
      tools: null,
      documents: null,
      add_generation_prompt: true,
    };
    for (const [name, value] of [...Object.entries({ ...constants, ...functions, ...given }), ...specialTokens])
      environment.set(name, value);
    try {
      const text: unknown = createInterpreter(jinja, environment).run(program).value;
      if (typeof text !== 'string') throw new TypeError(`the template gave ${show(text)}`);
      return text;
    } catch (cause) {
      throw explain(cause, subject, template.includes('strftime_now'));
    }
  };
}

function complain(message: unknown): never {
  throw new TemplateComplaint(show(message));
}

function reasonOf(cause: unknown): string {
  // The engine's error for a stack that is full, which endless recursion fills, and for a text beyond its limit.
  if (cause instanceof RangeError) return 'one that nests too deep, or makes too long a text';
  return cause instanceof Error ? show(cause.message) : show(cause);
}

function explain(cause: unknown, subject: string, asksClock: boolean): Error {
  if (cause instanceof TemplateComplaint) {
    const expected = 'messages that the template takes';
    return mistake(subject, expected, `its complaint ${cause.message}`, 'write the conversation as the template asks', cause);
  }
  const advice = 'write the prompt without it, or choose another template';
  if (cause instanceof TemplateBound) return failure(subject, 'a rendering within bounds', cause.message, 'choose another template', cause);
  const hint = asksClock ? ' (there is no strftime_now: a run must not depend on the day)' : '';
  return failure(subject, 'a template that @huggingface/jinja can carry out', `${reasonOf(cause)}${hint}`, advice, cause);
}

const roles: readonly unknown[] = ['system', 'user', 'assistant'];

function checkMessages(messages: readonly ChatMessage[]): void {
  const advice = "write for example [{ role: 'user', content: 'What is 2 + 3?' }]";
  const isList = Array.isArray(messages) && messages.length > 0 && messages.length <= mostMessages;
  if (!isList) throw mistake('messages', `a list of 1 to ${mostMessages} messages`, show(messages), advice);
  for (const [at, message] of messages.entries()) {
    const isMessage = isRecord(message) && roles.includes(message.role) && typeof message.content === 'string';
    if (isMessage) continue;
    const got = isRecord(message) ? `role ${show(message.role)}, content ${show(message.content)}` : show(message);
    throw mistake(`messages[${at}]`, "{ role, content } with the role 'system', 'user' or 'assistant' and a text", got, advice);
  }
}
