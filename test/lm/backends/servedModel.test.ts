/**
 * Models on OpenAI-compatible servers: the same as the model itself with the same draws, whichever way the server says token ids, and what cannot be used is a sentence.
 */
import { describe, expect, it } from 'vitest';
import type { ServedModelOptions } from '../../../src/api/servedModels.ts';
import type { LanguageState } from '../../../src/lm/algorithm/state.ts';
import type { SamplingBackend } from '../../../src/lm/backends/backend.ts';
import { seedOf } from '../../../src/lm/backends/byPrompt.ts';
import type { LanguageTask } from '../../../src/lm/tasks/task.ts';
import { LanguageModel } from '../../../src/lm/training/languageModel.ts';
import type { ServerAccess } from '../../../src/lm/training/serverAccess.ts';
import { testCohort, testPlatform } from '../../training/cohort.ts';
import { relay } from '../algorithm/relay.ts';
import { lastLetter } from '../smallState.ts';
import { fetchOf, type Reply } from './referenceServer.ts';
import { drawSeeded, SamplingReference, type SamplingReferenceOptions } from './samplingReference.ts';
import { beginning, patient, referenceServer, accessTo as tinkerAccess, served as tinkerRun } from './servedRun.ts';

const url = 'http://127.0.0.1:8000/v1';
const cohort = testCohort();

/** The model in this process, asked by prompts with a seed per completion, as a server is. */
function seeded(state: LanguageState): SamplingBackend {
  return {
    async sample(prompts, request) {
      return prompts.map(({ tokens }, p) => {
        const seed = seedOf(request, p * request.numSamples);
        return Array.from({ length: request.numSamples }, (_, k) => drawSeeded(state, tokens, request, request.greedy ? seed : seed + k));
      });
    },
  };
}

async function local(task: LanguageTask = lastLetter): Promise<LanguageModel> {
  const state = await beginning({}, task);
  return new LanguageModel({ ...state, sampling: seeded(state) });
}

async function reference(options: Omit<SamplingReferenceOptions, 'state'> = {}, task?: LanguageTask): Promise<SamplingReference> {
  return new SamplingReference({ ...options, state: await beginning({}, task) });
}

type Fetch = ReturnType<typeof fetchOf>;

const through = (server: SamplingReference): Fetch => fetchOf(server, { before: '/', keyHeader: 'Authorization' });

function access(server: SamplingReference, fetch: Fetch = through(server), more: Partial<ServerAccess> = {}): ServerAccess {
  return { web: { fetch, now: () => 0, wait: patient }, backoffMilliseconds: 1, ...more };
}

const open = (server: SamplingReference, options: Partial<ServedModelOptions> = {}): Promise<LanguageModel> =>
  cohort.openServedModel({ url, tokenizer: 'task', task: lastLetter, server: access(server), ...options });

describe('a model on a server', () => {
  it.each([
    ['vllm', lastLetter],
    ['older vllm', lastLetter],
    ['sglang', lastLetter],
    ['vllm', relay],
    ['sglang', relay],
  ] as const)('%s, %o: says, and is worth, what it does here with the same draws', async (speech, task) => {
    const there = await open(await reference({ speech }, task), { task });
    const here = await local(task);
    const options = { numPrompts: 12, numSamples: 4, seed: 3 };
    expect(await there.evaluate(options)).toEqual(await here.evaluate(options));
    const draw = { prompt: 'abc=', numSamples: 5, temperature: 0.7, topK: 3, topP: 0.9, seed: 11 };
    expect(await there.sampleAsync(draw)).toEqual(await here.sampleAsync(draw));
    const greedy = { prompt: 'dca=', numSamples: 2, greedy: true };
    expect(await there.sampleAsync(greedy)).toEqual(await here.sampleAsync(greedy));
  });

  it('is asked for by its ids, with nothing left to the settings of the server', async () => {
    const server = await reference();
    const model = await open(server);
    await model.sampleAsync({ prompt: 'abc=', numSamples: 3, topK: 4, seed: 2 });
    expect(server.asked).toEqual(['v1/models', 'v1/completions', 'v1/completions']);
    expect(server.bodies[2]).toEqual({
      model: 'tiny',
      prompt: [1, 2, 3, 5],
      n: 3,
      max_tokens: 3,
      seed: expect.any(Number),
      stop_token_ids: [0],
      logprobs: 0,
      return_token_ids: true,
      return_tokens_as_token_ids: true,
      temperature: 1,
      top_k: 4,
      top_p: 1,
      min_p: 0,
      presence_penalty: 0,
      frequency_penalty: 0,
      repetition_penalty: 1,
    });
    await model.sampleAsync({ prompt: 'abc=', greedy: true });
    expect(server.bodies[3]).toMatchObject({ n: 1, temperature: 0, top_k: -1 });
  });

  it('gets a seed of its own for every completion, where the server would give all the same', async () => {
    const server = await reference({ speech: 'sglang' });
    await (await open(server)).sampleAsync({ prompt: 'abc=', numSamples: 3 });
    expect(server.asked).toEqual(['v1/models', 'generate', 'generate']);
    const { input_ids, sampling_params } = server.bodies[2] as { input_ids: number[][]; sampling_params: { sampling_seed: number }[] };
    const first = sampling_params[0]!.sampling_seed;
    expect(sampling_params.map((one) => one.sampling_seed)).toEqual([first, first + 1, first + 2]);
    expect(input_ids).toEqual(Array(3).fill([1, 2, 3, 5]));
  });

  it('is asked for many completions in pieces, which are those of one request', async () => {
    const [server, here] = [await reference(), await local()];
    const draw = { prompt: 'abc=', numSamples: 70, seed: 5 };
    expect(await (await open(server)).sampleAsync(draw)).toEqual(await here.sampleAsync(draw));
    expect(server.bodies.slice(2).map(({ n }) => n)).toEqual([64, 6]);
  });

  it('of another owner is asked in one way after the other', async () => {
    const server = await reference({ speech: 'sglang', owner: null });
    const model = await open(server);
    expect(server.asked).toEqual(['v1/models', 'v1/completions', 'generate']);
    expect((await model.evaluate({ numPrompts: 4, numSamples: 1 })).greedy.returns).toHaveLength(4);
  });

  it('stands where a folder stands: by its address', async () => {
    const server = await reference();
    const options = { tokenizer: 'task', task: lastLetter, server: access(server), numPrompts: 6, numSamples: 2 };
    const measured = await cohort.evaluate(url, options);
    expect(measured).toMatchObject({ road: 'language-models', target: 'last-letter' });
    expect(measured.sampled).toEqual((await (await open(server)).evaluate({ numPrompts: 6, numSamples: 2 })).sampled);
    expect(await cohort.load(url, options)).toBeInstanceOf(LanguageModel);
  });

  it('has the key, which travels to nobody else unencrypted', async () => {
    const server = await reference({ apiKey: 'secret' });
    const model = await open(server, { server: access(server, undefined, { apiKey: 'secret' }) });
    expect(await model.sampleAsync({ prompt: 'abc=' })).toHaveLength(1);
    await expect(open(server, { server: access(server, undefined, { apiKey: 'other' }) })).rejects.toThrow(
      'v1/models: expected a key that the server knows, got HTTP 401: Unauthorized; set the environment variable OPENAI_API_KEY to it',
    );
    const fromHere = testCohort({ ...testPlatform, secret: (name) => (name === 'OPENAI_API_KEY' ? 'secret' : undefined) });
    const options = { tokenizer: 'task', task: lastLetter, server: access(server) };
    expect(await fromHere.openServedModel({ ...options, url })).toBeInstanceOf(LanguageModel);
    await expect(fromHere.openServedModel({ ...options, url: 'http://box:8000/v1' })).rejects.toThrow(
      'url: expected https:// for a server on another machine that is sent a key, got http://box:8000; who is on the way can read a key',
    );
    expect(await fromHere.openServedModel({ ...options, url: 'https://box:8000/v1' })).toBeInstanceOf(LanguageModel);
    const without = await reference();
    const keyless = { ...options, server: access(without, undefined, { apiKey: '' }) };
    expect(await fromHere.openServedModel({ ...keyless, url: 'http://box:8000/v1' })).toBeInstanceOf(LanguageModel);
  });

  it('is not trained there', () => {
    for (const backend of ['openai', 'vllm', 'sglang'] as const) {
      const input = { task: lastLetter, backend, url, model: 'tiny' } as unknown as Parameters<typeof cohort.trainLanguageModel>[0];
      expect(() => cohort.trainLanguageModel(input)).toThrow(
        `backend: expected kernels or tinker, got "${backend}"; such servers sample and do not learn: use tinker`,
      );
    }
  });
});

describe('what cannot be used is one sentence', () => {
  it.each<[string, Omit<SamplingReferenceOptions, 'state'>, Partial<ServedModelOptions>, string]>([
    [
      'texts alone',
      { speech: 'texts' },
      {},
      'got no ids by /v1/completions and HTTP 404: Not Found by /generate; serve the model by a vLLM',
    ],
    ['several models', { models: ['a', 'b'] }, {}, 'model: expected one of the 2 models of http://127.0.0.1:8000, got none; choose a, b'],
    ['another model', {}, { model: 'big' }, 'model: expected one of the 1 models of http://127.0.0.1:8000, got "big"; choose tiny'],
    ['no model', { models: [] }, {}, 'v1/models: expected at least one model, got none'],
    ['no task', {}, { task: undefined }, 'tokenizer: expected a task with it, got "task"'],
    [
      'a name of its own',
      {},
      { tokenizer: undefined },
      'tokenizer: expected where the tokenizer of "tiny" is, which is no name of the hub',
    ],
    ['a password', {}, { url: 'http://me:hunter2@host/v1' }, 'got one with a name, a password or a query (not shown)'],
    ['no address', {}, { url: 'host:8000' }, 'url: expected the address of an OpenAI-compatible server, http:// or https://'],
    ['a page', { fault: () => ({ status: 200, body: '<html>' }) }, {}, 'v1/models: expected a list of models, got an answer that is none'],
    ['another server', { fault: () => ({ status: 404, body: { detail: 'Not Found' } }) }, {}, 'check the address: it ends with /v1'],
    [
      'a setting that it does not know',
      {
        owner: 'openai',
        fault: (endpoint) =>
          endpoint === 'v1/completions' ? { status: 400, body: { error: { message: 'Unrecognized: return_token_ids' } } } : undefined,
      },
      {},
      'got HTTP 400: Unrecognized: return_token_ids by /v1/completions and HTTP 404: Not Found by /generate',
    ],
  ])('%s', async (_, options, asked, sentence) => {
    await expect(open(await reference(options), asked)).rejects.toThrow(sentence);
  });

  const choice = { index: 0, finish_reason: 'stop', token_ids: [1, 0], logprobs: { token_logprobs: [-1, -1] } };
  it.each<[string, readonly object[], string]>([
    ['too few', [], 'expected 1 completions, got 0'],
    ['too many', [choice, choice], 'expected 1 completions, got 2'],
    ['no ids', [{ ...choice, token_ids: null }], 'expected the ids of the tokens, got none'],
    ['ids as numbers with a fraction', [{ ...choice, token_ids: [1.5, 0] }], 'expected an answer of that endpoint'],
    ['an id of another tokenizer', [{ ...choice, token_ids: [6, 0] }], 'expected ids from 0 to 5, got 6; the model there may have'],
    ['a negative id', [{ ...choice, token_ids: [-1, 0] }], 'expected ids from 0 to 5, got -1'],
    ['no log-probabilities', [{ ...choice, logprobs: null }], 'expected a log-probability for every token'],
    ['too few of them', [{ ...choice, logprobs: { token_logprobs: [-1] } }], 'expected a log-probability for every token'],
    ['none for a token', [{ ...choice, logprobs: { token_logprobs: [-1, null] } }], 'expected an answer of that endpoint'],
    ['nothing', [{ ...choice, token_ids: [], logprobs: { token_logprobs: [] } }], 'expected 1 to 3 tokens, got 0'],
    [
      'more than was asked for',
      [{ ...choice, token_ids: [1, 1, 1, 1], finish_reason: 'length', logprobs: { token_logprobs: [-1, -1, -1, -1] } }],
      'expected 1 to 3 tokens, got 4',
    ],
    ['another end', [{ ...choice, token_ids: [1, 2] }], 'expected a completion that ends with 0, got one that ends with 2'],
    ['more behind the end', [{ ...choice, token_ids: [0, 0] }], 'expected a completion up to its first end token'],
    ['an abort there', [{ ...choice, finish_reason: 'abort' }], 'got one with reason abort'],
  ])('an answer with %s', async (_, choices, sentence) => {
    let asked = 0;
    const server = await reference({
      // The first is the one that tells how to ask.
      fault: (endpoint) => (endpoint === 'v1/completions' && ++asked > 1 ? { status: 200, body: { choices } } : undefined),
    });
    await expect((await open(server)).sampleAsync({ prompt: 'abc=' })).rejects.toThrow(sentence);
  });

  it.each<[string, unknown, string]>([
    ['no JSON', 'x', 'expected an answer of that endpoint, got another one'],
    ['no log-probabilities', [{ meta_info: { finish_reason: { type: 'stop' } } }], 'expected the ids of the tokens, got none'],
    [
      'none for a token',
      [{ meta_info: { finish_reason: { type: 'stop' }, output_token_logprobs: [[null, 0]] } }],
      'answer of that endpoint',
    ],
  ])('an answer of SGLang with %s', async (_, body, sentence) => {
    let asked = 0;
    const fault = (endpoint: string): Reply | undefined => (endpoint === 'generate' && ++asked > 1 ? { status: 200, body } : undefined);
    const server = await reference({ speech: 'sglang', fault });
    await expect((await open(server)).sampleAsync({ prompt: 'abc=' })).rejects.toThrow(sentence);
  });

  it('what is for another kind of model', async () => {
    await expect(cohort.loadLanguageModel(url, { threads: 2 })).rejects.toThrow('threads: expected a model in this process with it');
    await expect(cohort.loadLanguageModel('runs/one', { model: 'tiny' })).rejects.toThrow(
      'model: expected the address of a server with it',
    );
    const model = await open(await reference());
    expect(() => model.sample({ prompt: 'abc=' })).toThrow('write await sampleAsync(...)');
    await expect(model.export('huggingface')).rejects.toThrow('export: expected a model whose weights are in this process');
  });
});

describe('a request', () => {
  it('that fails for a reason that passes is sent again', async () => {
    const server = await reference();
    let count = 0;
    const flaky: Fetch = async (address, request) => {
      count++;
      if (count % 5 === 2) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      if (count % 5 === 4) return new Response('busy', { status: count % 2 === 0 ? 503 : 429 });
      return through(server)(address, request);
    };
    const model = await open(server, { server: access(server, flaky) });
    const options = { numPrompts: 10, numSamples: 2 };
    expect(await model.evaluate(options)).toEqual(await (await local()).evaluate(options));
    expect(count).toBeGreaterThan(25);
  });

  it('is sent so many times, and no longer waited for than is said', async () => {
    const server = await reference();
    let tries = 0;
    const gone: Fetch = async () => {
      tries++;
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    };
    await expect(open(server, { server: access(server, gone, { attempts: 3 }) })).rejects.toThrow(
      'server http://127.0.0.1:8000: v1/models: expected a server that answers, got ECONNREFUSED; check that it runs',
    );
    expect(tries).toBe(3);
    const silent: Fetch = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      });
    await expect(open(server, { server: access(server, silent, { attempts: 2, requestMilliseconds: 5 }) })).rejects.toThrow(
      'got no answer in time',
    );
  });

  it('is one of at most 32 at a time, and none is sent after an abort', async () => {
    const server = await reference();
    const controller = new AbortController();
    let [now, most, sent] = [0, 0, 0];
    const slow: Fetch = async (address, request) => {
      most = Math.max(most, ++now);
      if (++sent === 50) controller.abort();
      await new Promise((resolve) => {
        setTimeout(resolve, 1);
      });
      now--;
      return through(server)(address, request);
    };
    const model = await open(server, { server: access(server, slow, { signal: controller.signal }) });
    await expect(model.evaluate({ numPrompts: 200, numSamples: 1 })).rejects.toThrow('expected an answer, got an abort before it');
    expect(most).toBe(32);
    expect(sent).toBeLessThan(50 + 32);
  });
});

describe('a run on a server that learns', () => {
  it('is sampled by the functions that give promises', async () => {
    const server = await referenceServer();
    const run = testCohort().trainLanguageModel({ ...tinkerRun, iterations: 1 }, { server: tinkerAccess(server) });
    const { model } = await run.finish();
    const drawn = await model.sampleAsync({ prompt: 'abc=', numSamples: 3, seed: 2 });
    expect(drawn).toHaveLength(3);
    expect(await model.sampleAsync({ prompt: 'abc=', numSamples: 3, seed: 2 })).toEqual(drawn);
    model.close();
  });
});
