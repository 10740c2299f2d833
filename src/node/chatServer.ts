/**
 * A model in training as an OpenAI-compatible server, so that an agent that was written for such a client is the program of an episode: what the client posts
 * is appended, and what it gets is the model's turn, token by token what is learned from. It listens on loopback; every episode has an address of its own with a random token.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isRecord } from '../core/arguments.ts';
import { failure, show } from '../core/errors.ts';
import type { EpisodeContext } from '../lm/tasks/episode.ts';
import { promptText } from '../lm/tasks/prompt.ts';
import { isLoopbackHost, loopback } from './loopback.ts';
import { newToken } from './watch/token.ts';

/** A message of a conversation. */
export interface EpisodeMessage {
  /** Who says it: `system`, `user`, `assistant`, `tool`. */
  readonly role: string;
  readonly content: string;
}

/** How conversations become texts. */
export interface ChatServerOptions {
  /**
   * The text of messages that are new since the model's last turn, as the model is to read it. Of the first ones it begins with the problem's prompt. Default: their contents, one after the
   * other.
   */
  readonly write?: ((messages: readonly EpisodeMessage[]) => string) | undefined;
}

/** A server that runs. */
export interface ChatServer {
  /** Lets `use` talk with the model at `baseURL` (an OpenAI client's setting of that name) as this episode; the address ends with it. */
  serve<T>(context: EpisodeContext, use: (baseURL: string) => Promise<T>): Promise<T>;
  /** Ends it, open connections included. */
  close(): Promise<void>;
}

/** Most bytes of a request. */
const mostBytes = 2 ** 20;
/** Fields that would ask for something else than the next turn. */
const unsupported = { n: 1, stream: false, tools: undefined, functions: undefined, response_format: undefined, logprobs: false } as const;

/** Starts the server, on any free port of loopback. It does not keep a process alive that has nothing else to do. */
export async function startChatServer({ write = writeContents }: ChatServerOptions = {}): Promise<ChatServer> {
  const conversations = new Map<string, Conversation>();
  const server = createServer((request, response) => void answer(request, response, port, conversations));
  await once(server.listen(0, loopback), 'listening');
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    async serve(context, use) {
      const token = newToken();
      conversations.set(token, new Conversation(context, write));
      try {
        return await use(`http://${loopback}:${port}/${token}/v1`);
      } finally {
        conversations.delete(token);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function writeContents(messages: readonly EpisodeMessage[]): string {
  return messages.map(({ content }) => content).join('');
}

/** Answers one request. An error has status 400: a client would repeat what has another. */
async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  port: number,
  conversations: ReadonlyMap<string, Conversation>,
): Promise<void> {
  const send = (status: number, body: object): void => {
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  };
  const refuse = (status: number, message: string): void => send(status, { error: { message, type: 'invalid_request_error' } });
  if (!isLoopbackHost(request.headers.host, port)) return refuse(403, 'this server is for the machine it runs on');
  const [, token = '', path] = /^\/([^/?]*)\/v1\/([^?]*)/.exec(request.url ?? '') ?? [];
  const conversation = conversations.get(token);
  if (!conversation) return refuse(404, 'no such episode, or one that has ended');
  if (request.method !== 'POST' || path !== 'chat/completions') return refuse(404, 'only POST chat/completions');
  try {
    send(200, await conversation.goOn(await readBody(request)));
  } catch (error) {
    refuse(400, error instanceof Error ? error.message : String(error));
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > mostBytes) throw failure('request', `at most ${mostBytes} bytes`, 'more', 'send a shorter conversation');
    pieces.push(piece);
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw failure('request', 'JSON', 'something else', 'post what an OpenAI client posts', cause);
  }
}

/** An episode as a conversation that only grows. */
class Conversation {
  readonly #context: EpisodeContext;
  readonly #write: (messages: readonly EpisodeMessage[]) => string;
  #soFar: readonly EpisodeMessage[] = [];
  #turns = 0;

  constructor(context: EpisodeContext, write: (messages: readonly EpisodeMessage[]) => string) {
    this.#context = context;
    this.#write = write;
  }

  /** The model's next turn as a chat completion. */
  async goOn(body: unknown): Promise<object> {
    const messages = messagesOf(body);
    const soFar = this.#soFar;
    const differs = soFar.findIndex(({ role, content }, i) => messages[i]?.role !== role || messages[i]?.content !== content);
    if (differs >= 0 || messages.length === soFar.length) {
      const got = differs < 0 ? 'no new message' : `another message ${differs + 1}`;
      throw failure('messages', 'the conversation so far, and at least one message more', got, 'append to the messages, and change none');
    }
    const text = this.#write(messages.slice(soFar.length));
    const { text: content, ended } = await this.#context.sample({ append: this.#turns === 0 ? this.#afterPrompt(text) : text });
    this.#soFar = [...messages, { role: 'assistant', content }];
    const choice = {
      index: 0,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: ended ? 'stop' : 'length',
    };
    const model = (body as { model?: unknown }).model ?? 'policy';
    return { id: `chatcmpl-${++this.#turns}`, object: 'chat.completion', created: 0, model, choices: [choice] };
  }

  /** The prompt is there already. */
  #afterPrompt(text: string): string {
    const prompt = promptText(this.#context.prompt);
    if (text.startsWith(prompt)) return text.slice(prompt.length);
    throw failure('messages', `a text that begins with the prompt ${show(prompt)}`, show(text), 'send the prompt first, or change write');
  }
}

/** The messages of a request, checked. */
function messagesOf(body: unknown): EpisodeMessage[] {
  if (!isRecord(body) || !Array.isArray(body.messages) || body.messages.length === 0) {
    throw failure('request', 'a list of messages', show(isRecord(body) ? body.messages : body), 'post what an OpenAI client posts');
  }
  for (const [field, usual] of Object.entries(unsupported)) {
    const value = body[field];
    if (value !== undefined && value !== null && value !== usual) {
      throw failure(`request: ${field}`, show(usual ?? null), show(value), 'leave it out: an episode is plain texts, one turn at a time');
    }
  }
  return body.messages.map((message: unknown, i) => {
    const { role, content } = isRecord(message) ? message : {};
    if (typeof role === 'string' && typeof content === 'string') return { role, content };
    throw failure(`messages: ${i + 1}`, 'a role and a content, both texts', `${show(role)} and ${show(content)}`, 'send plain texts');
  });
}
