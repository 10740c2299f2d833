/**
 * What a client of the Tinker protocol does where servers are slow, gone, restarted, of another kind, or say no.
 */
import { describe, expect, it } from 'vitest';
import { iterate } from '../../../src/lm/algorithm/iterate.ts';
import { readServerUrl } from '../../../src/lm/backends/requests.ts';
import { tinkerKind } from '../../../src/lm/backends/tinker/answers.ts';
import { TinkerServer } from '../../../src/lm/backends/tinker/server.ts';
import { resolveLanguageConfig } from '../../../src/lm/config/config.ts';
import { Evaluator } from '../../../src/lm/training/evaluation.ts';
import type { ServerAccess } from '../../../src/lm/training/serverAccess.ts';
import { webPlatform } from '../../../src/run/web.ts';
import { fetchOf, type ReferenceServer } from './referenceServer.ts';
import { accessTo, referenceServer, served, servedRun } from './servedRun.ts';

const two = { numGroups: 2, groupSize: 4 };

/** The weights after two iterations on a server. */
async function learned(server: ReferenceServer, web: Partial<NonNullable<ServerAccess['web']>> = {}, more: Partial<ServerAccess> = {}) {
  const { state, weights } = await servedRun(server, two, { ...more, web: { ...accessTo(server).web!, ...web } });
  for (let i = 0; i < 2; i++) await iterate(state);
  const place = await state.training.save!('end');
  weights.close();
  return server.kept.get(place)!;
}

const plain = referenceServer().then((server) => learned(server));

describe('a request', () => {
  it('that fails for a reason that passes is sent again, and does once what it does', async () => {
    const server = await referenceServer();
    const through = fetchOf(server);
    let count = 0;
    const flaky: typeof through = async (address, request) => {
      count++;
      if (count % 7 === 3) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      if (count % 7 === 5) return new Response('busy', { status: 503 });
      const response = await through(address, request);
      // The answer is lost on its way, but the server has worked.
      if (count % 5 === 4) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNRESET' } });
      return response;
    };
    const result = await learned(server, { fetch: flaky });
    expect(count).toBeGreaterThan(20);
    expect(result.steps).toBe((await plain).steps);
    expect(result.values).toEqual((await plain).values);
  });

  it('waits for results that are not there yet', async () => {
    const server = await referenceServer({ pending: 3 });
    expect((await learned(server)).values).toEqual((await plain).values);
    const slow = await referenceServer({ pending: 1e9 });
    await expect(learned(slow, {}, { resultMilliseconds: 30 })).rejects.toThrow(
      /server http:\/\/127\.0\.0\.1:8000: create_model: expected a result within 0 s, got none; look at the log of the server/,
    );
  });

  it('brings the key, and a wrong one is a sentence', async () => {
    const server = await referenceServer({ apiKey: 'secret' });
    expect((await learned(server, {}, { apiKey: 'secret' })).values).toEqual((await plain).values);
    await expect(servedRun(server, two, { apiKey: 'other' })).rejects.toThrow(
      'expected a key that the server knows, got HTTP 401: invalid API key; set the environment variable TINKER_API_KEY to it',
    );
  });

  it('sends no key to another machine unencrypted', async () => {
    const sent: string[] = [];
    const fetch = async (address: string): Promise<Response> => {
      sent.push(address);
      return new Response('no', { status: 404 });
    };
    const ask = (url: string, apiKey?: string): Promise<unknown> =>
      new TinkerServer({ url, ...(apiKey !== undefined && { apiKey }), platform: { ...webPlatform, fetch } }).discard('weights');
    expect(() => ask('http://box:8000', 'secret')).toThrow(
      'url: expected https:// for a server on another machine that is sent a key, got http://box:8000; who is on the way can read a key',
    );
    expect(sent).toEqual([]);
    for (const url of ['http://127.0.0.1:8000', 'https://box:8000']) await ask(url, 'secret');
    for (const key of [undefined, '']) await ask('http://box:8000', key);
    expect(sent).toHaveLength(4);
  });
});

describe('errors in one sentence', () => {
  const withFetch = async (fetch: NonNullable<ServerAccess['web']>['fetch'], more: Partial<ServerAccess> = {}): Promise<unknown> => {
    const server = await referenceServer();
    return servedRun(server, two, { ...more, web: { ...accessTo(server).web!, fetch }, attempts: 2 });
  };

  it('a server that is gone, after so many tries', async () => {
    let tries = 0;
    const gone = async (): Promise<Response> => {
      tries++;
      throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } });
    };
    await expect(withFetch(gone)).rejects.toThrow(
      'server http://127.0.0.1:8000: get_server_capabilities: expected a server that answers, got ECONNREFUSED; check that it runs',
    );
    expect(tries).toBe(2);
  });

  it('a server that never answers', async () => {
    const silent = (_: string, { signal }: RequestInit): Promise<Response> =>
      new Promise((_resolve, reject) => {
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      });
    await expect(withFetch(silent, { requestMilliseconds: 5 })).rejects.toThrow('expected a server that answers, got no answer in time;');
  });

  it.each([
    ['another kind of server', new Response('<html>', { status: 404 }), 'expected a server of the Tinker protocol, got HTTP 404'],
    ['a page', new Response('<html>', { status: 200 }), 'expected an answer of the Tinker protocol, got no JSON'],
    ['another version', new Response('{"models":[]}'), 'got supported_models that is not'],
  ])('%s', async (_, response, sentence) => {
    await expect(withFetch(async () => response)).rejects.toThrow(sentence);
  });

  it.each([
    [
      'a completion without log-probabilities',
      { sequences: [{ stop_reason: 'stop', tokens: [1, 0] }] },
      'sequences.0.logprobs that is not',
    ],
    [
      'too few of them',
      { sequences: Array(4).fill({ stop_reason: 'stop', tokens: [1, 0], logprobs: [-1] }) },
      'expected a log-probability for every token',
    ],
    ['too few completions', { sequences: [{ stop_reason: 'stop', tokens: [1, 0], logprobs: [-1, -1] }] }, 'expected 4 completions, got 1'],
    ['another end', { sequences: Array(4).fill({ stop_reason: 'stop', tokens: [1, 2], logprobs: [-1, -1] }) }, 'got one that ends with 2'],
    [
      'more than was asked for',
      { sequences: Array(4).fill({ stop_reason: 'length', tokens: [1, 2, 3, 1], logprobs: [-1, -1, -1, -1] }) },
      'expected at most 3 tokens, got 4',
    ],
    ['a failure', { error: 'out of memory', category: 'server' }, 'expected a result, got HTTP 200: out of memory'],
  ])('%s', async (_, result, sentence) => {
    let sampling = new Set<unknown>();
    const server = await referenceServer({
      fault: (endpoint, { request_id }) => {
        if (endpoint === 'asample') {
          sampling = sampling.add('1');
          return { status: 200, body: { request_id: 'sampled' } };
        }
        return endpoint === 'retrieve_future' && request_id === 'sampled' ? { status: 200, body: result } : undefined;
      },
    });
    const { state, weights } = await servedRun(server, two);
    await expect(iterate(state)).rejects.toThrow(sentence);
    // An iteration that fails leaves the run as it was.
    expect(state).toMatchObject({ iteration: 0, rollouts: 0, optimizerSteps: 0 });
    weights.close();
  });

  it('a model that the server does not have, and one that it has forgotten', async () => {
    const server = await referenceServer({ model: 'other' });
    await expect(servedRun(server, two)).rejects.toThrow(
      'model: expected one of the 1 models of http://127.0.0.1:8000, got "tiny"; choose other',
    );
    const known = await referenceServer({
      fault: (endpoint) => (endpoint === 'forward_backward' ? { status: 404, body: { detail: "Model 'm' not found" } } : undefined),
    });
    const { state, weights } = await servedRun(known, two);
    await expect(iterate(state)).rejects.toThrow('the server may have been started again: resume the run');
    weights.close();
  });

  it('an address that is none, or that holds a secret, which is not shown', () => {
    expect(readServerUrl('http://127.0.0.1:8000/', 'url', tinkerKind)).toBe('http://127.0.0.1:8000');
    expect(readServerUrl('https://host/services/prod/api/v1', 'url', tinkerKind)).toBe('https://host/services/prod');
    expect(() => readServerUrl('localhost:8000', 'url', tinkerKind)).toThrow('http:// or https://');
    expect(() => readServerUrl('http://me:hunter2@host', 'url', tinkerKind)).toThrow(/not shown/);
    expect(() => readServerUrl('http://me:hunter2@host', 'url', tinkerKind)).not.toThrow(/hunter2/);
  });
});

describe('an abort', () => {
  it('cuts an evaluation off', async () => {
    const server = await referenceServer();
    const controller = new AbortController();
    const through = fetchOf(server);
    let samples = 0;
    const web = {
      ...accessTo(server).web!,
      fetch: ((address, request) => {
        if (address.endsWith('asample') && ++samples === 5) controller.abort();
        return through(address, request);
      }) as typeof through,
    };
    const { state, weights } = await servedRun(server, two, { web });
    const options = { numPrompts: 200, numSamples: 1, signal: controller.signal };
    expect(await new Evaluator(state).evaluate(options)).toBeUndefined();
    expect(samples).toBeLessThan(64);
    weights.close();
  });
});

describe('the configuration', () => {
  it.each([
    [{ url: undefined }, 'url: expected the address of the server, with backend tinker'],
    [{ model: undefined }, 'model: expected the server’s name of a model'],
    [{ updateEpochs: 2, estimator: 'grpo' }, 'updateEpochs: expected 1 with backend tinker, got 2'],
    [{ temperature: 0.7 }, 'temperature: expected 1 with backend tinker'],
    [{ klCoef: 0.1 }, 'klCoef: expected 0 with backend tinker'],
    [{ maxGradNorm: 1 }, 'maxGradNorm: expected 0 with backend tinker'],
    [{ hiddenSize: 128 }, 'hiddenSize: expected 64 with backend tinker, got 128; the server knows the sizes of its model'],
    [{ warmStartAccuracy: 0.2 }, 'warmStartAccuracy: expected 0 with backend tinker'],
    [{ optimizer: 'sgd' }, 'optimizer: expected adam or adamw with backend tinker'],
    [{ estimator: 'ppo' }, 'estimator: expected one without a critic, with backend tinker'],
    [{ tokenizer: undefined }, 'tokenizer: expected a tokenizer that was opened, got "hf:tiny"'],
    [{ backend: 'kernels', model: undefined, tokenizer: undefined }, 'url: expected backend tinker with it'],
  ])('%o is refused', (change, sentence) => {
    expect(() => resolveLanguageConfig({ ...served, ...change })).toThrow(sentence);
  });

  it('reads as it was written, and again', () => {
    const config = resolveLanguageConfig({ ...served });
    expect(config).toMatchObject({ backend: 'tinker', model: 'tiny', tokenizer: 'task', loraRank: 16, serverNormalization: 'sum' });
    expect(resolveLanguageConfig({ ...config, task: served.task })).toEqual(config);
  });
});
