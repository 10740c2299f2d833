/** `cohort-rl/play`: a policy from wherever its file lies, which acts and plays as the one that was trained. */
import { describe, expect, it } from 'vitest';
import { cartPole } from '../../src/envs/classic-control/cartPole.ts';
import { DynamicsEnv } from '../../src/envs/dynamics.ts';
import { createPolicy, decodePolicy, loadPolicy, playEpisode } from '../../src/play/index.ts';
import { shortRun, testCohort } from '../training/cohort.ts';

const { policy: trained } = await testCohort()
  .train({ ...shortRun, normalizeObservation: 'shared' })
  .finish();
const bytes = trained.encode();
const observation = Float32Array.of(0.1, -0.2, 0.05, 1);
const dataAddress = `data:application/octet-stream;base64,${btoa(String.fromCharCode(...bytes))}`;

describe('loadPolicy', () => {
  it.each([
    ['bytes', () => bytes],
    ['a buffer', () => bytes.slice().buffer],
    ['a file', () => new Blob([bytes.slice()])],
    ['an answer', () => new Response(bytes.slice())],
    ['an address', () => dataAddress],
    ['an address as an object', () => new URL(dataAddress)],
  ])('takes %s', async (_, place) => {
    const policy = await loadPolicy(place());
    expect(policy.encode()).toEqual(bytes);
    expect(policy.act(observation)).toEqual(trained.act(observation));
  });

  it.each([
    [
      'an answer that is none',
      new Response('nothing here', { status: 404 }),
      /^policy file: expected a policy file, got an answer with status 404/,
    ],
    ['another file', new Blob(['hello']), /^policy file: expected a safetensors file/],
    ['an address where nobody answers', 'data:', /^data:: expected an address that answers/],
    ['something else', 7 as never, /^loadPolicy: expected the bytes of a policy file, or its address, got 7/],
    ['nothing', undefined as never, /^loadPolicy: .* got nothing/],
  ])('refuses %s', async (_, place, says) => {
    await expect(loadPolicy(place)).rejects.toThrow(says);
  });
});

describe('playing alone', () => {
  it('is the episode that the whole library plays', async () => {
    const play = (policy: typeof trained) => [...playEpisode(policy, new DynamicsEnv(cartPole(), 50), { seed: 5, greedy: false })];
    const alone = play(await createPolicy(decodePolicy(bytes)));
    expect(alone.length).toBeGreaterThan(5);
    expect(alone).toEqual(play(trained));
  });
});
