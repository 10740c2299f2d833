/**
 * The OpenAI-compatible server of an episode, by plain HTTP: what it answers, what is recorded, what it refuses.
 */
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playEpisodes } from '../../src/lm/algorithm/episodes.ts';
import { createVocabulary } from '../../src/lm/model/tokenizer.ts';
import type { EpisodeProgram } from '../../src/lm/tasks/episode.ts';
import { defineTask } from '../../src/lm/tasks/index.ts';
import { type ChatServer, type EpisodeMessage, startChatServer } from '../../src/node/chatServer.ts';
import { relay } from '../lm/algorithm/relay.ts';
import { tiny } from '../lm/languageRun.ts';
import { testCohort } from '../training/cohort.ts';

let server: ChatServer;
beforeAll(async () => {
  server = await startChatServer();
});
afterAll(() => server.close());

interface Completion {
  readonly choices: { readonly message: EpisodeMessage; readonly finish_reason: string }[];
  readonly error?: { readonly message: string };
}

/** What a client posts, and the answer. */
async function post(baseURL: string, body: unknown): Promise<{ status: number; body: Completion }> {
  const options = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`${baseURL}/chat/completions`, options);
  return { status: response.status, body: (await response.json()) as Completion };
}

const tokenizer = createVocabulary('abcd=');
const prompt = { problem: { prompt: 'ab=', reward: () => 0 }, prompt: { tokens: [1, 2, 5] } };

/** Plays an episode whose model says these ids, turn by turn. */
async function play(rollout: EpisodeProgram, ...turns: readonly (readonly number[])[]) {
  const settings = { rollout, tokenizer, maxTurns: 4, turnTokens: 4, maxTokens: 12, stop: [], rewardSeconds: 5 };
  const said = turns.map((tokens) => ({ tokens: Int32Array.from(tokens), logProbs: new Float32Array(tokens.length) }));
  const [played] = (await playEpisodes([prompt], { ...settings, now: () => performance.now() }, async (turn) => [said[turn]!]))!;
  return played!;
}

describe('a conversation', () => {
  it('is an episode: what the client adds is appended, what it gets are the tokens learned from', async () => {
    const answers: Completion[] = [];
    const { completion, answer } = await play(
      (context) =>
        server.serve(context, async (baseURL) => {
          const messages: EpisodeMessage[] = [{ role: 'user', content: 'ab=' }];
          for (const content of ['=d', '=']) {
            const { body } = await post(baseURL, { model: 'mine', messages });
            answers.push(body);
            messages.push(body.choices[0]!.message, { role: 'tool', content });
          }
          return 1;
        }),
      [3, 0],
      [4, 4, 4, 4],
    );
    expect(answer).toEqual({ value: 1 });
    expect(Array.from(completion.tokens)).toEqual([3, 0, 5, 4, 4, 4, 4, 4]);
    expect(Array.from(completion.places!)).toEqual([0, 1, 4, 5, 6, 7]);
    expect(answers[0]).toEqual({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 0,
      model: 'mine',
      choices: [{ index: 0, message: { role: 'assistant', content: 'c', refusal: null }, logprobs: null, finish_reason: 'stop' }],
    });
    expect(answers[1]!.choices[0]).toMatchObject({ message: { content: 'dddd' }, finish_reason: 'length' });
  });

  it('only grows, is plain text, and begins with the prompt', async () => {
    const refused: string[] = [];
    const user = (content: unknown): object => ({ role: 'user', content });
    await play(
      (context) =>
        server.serve(context, async (baseURL) => {
          const ask = async (body: unknown): Promise<void> => {
            const answer = await post(baseURL, body);
            if (answer.status !== 200) refused.push(`${answer.status} ${answer.body.error!.message}`);
          };
          await ask({ messages: [user('b')] });
          await ask({ messages: [user(['ab='])] });
          await ask({ messages: [] });
          await ask({ messages: [user('ab=')], stream: true });
          await ask({ messages: [user('ab=')], tools: [] });
          await ask({ messages: [user('ab=')] });
          await ask({ messages: [user('ab=')] });
          await ask({ messages: [user('ab='), { role: 'assistant', content: 'd' }, user('a')] });
          return 0;
        }),
      [3, 0],
    );
    expect(refused).toEqual([
      '400 messages: expected a text that begins with the prompt "ab=", got "b"; send the prompt first, or change write',
      '400 messages: 1: expected a role and a content, both texts, got "user" and ["ab="]; send plain texts',
      '400 request: expected a list of messages, got []; post what an OpenAI client posts',
      '400 request: stream: expected false, got true; leave it out: an episode is plain texts, one turn at a time',
      '400 request: tools: expected null, got []; leave it out: an episode is plain texts, one turn at a time',
      '400 messages: expected the conversation so far, and at least one message more, got another message 2; append to the messages, and change none',
      '400 messages: expected the conversation so far, and at least one message more, got another message 2; append to the messages, and change none',
    ]);
  });

  it('has an address of its own, on this machine, until it ends', async () => {
    let address = '';
    await play(
      (context) =>
        server.serve(context, async (baseURL) => {
          address = baseURL;
          await post(baseURL, { messages: [{ role: 'user', content: 'ab=' }] });
          return 0;
        }),
      [3, 0],
    );
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{40}\/v1$/);
    expect((await post(address, {})).status).toBe(404);
    const { port, pathname } = new URL(address);
    const foreign = new Promise<number | undefined>((resolve, reject) => {
      const asked = request({ port, path: pathname, method: 'POST', headers: { Host: 'example.org' } }, (response) => {
        resolve(response.statusCode);
        response.resume();
      });
      asked.on('error', reject).end();
    });
    expect(await foreign).toBe(403);
  });
});

it('a run through the server has the bits of the run without it', async () => {
  const throughServer = defineTask({
    ...relay,
    rollout: (context) =>
      server.serve(context, async (baseURL) => {
        const letter = String(context.prompt)[1]!;
        const messages: EpisodeMessage[] = [{ role: 'user', content: String(context.prompt) }];
        const first = await post(baseURL, { messages });
        messages.push(first.body.choices[0]!.message, { role: 'tool', content: `=${letter}=` });
        const { body } = await post(baseURL, { messages });
        return { right: body.choices[0]!.message.content[0] === letter ? 1 : 0 };
      }),
  });
  const fields = { ...tiny, iterations: 3, warmStartAccuracy: 0, evaluationPrompts: 8, finalEvaluationPrompts: 8, evaluationSamples: 2 };
  const [here, there] = await Promise.all(
    [relay, throughServer].map(
      async (task) =>
        (
          await testCohort()
            .trainLanguageModel({ ...fields, task })
            .finish()
        ).summary,
    ),
  );
  expect(there!.parametersSha256).toBe(here!.parametersSha256);
  expect(there!.evaluation).toEqual(here!.evaluation);
});
