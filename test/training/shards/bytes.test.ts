/** Tasks and answers as bytes. */
import { expect, it } from 'vitest';
import { encodeSafetensors, tensor } from '../../../src/run/safetensors.ts';
import { decodeMessage, encodeMessage } from '../../../src/training/shards/bytes.ts';

const message = {
  ...{ shard: 3, mean: -0, scale: Number.NaN, most: Number.POSITIVE_INFINITY, small: 5e-324 },
  parameters: Float32Array.of(1, -0, 2),
  env: { 'env0/a/b': Float64Array.of(0.1), started: Uint8Array.of(1), none: new Int32Array(0) },
  measured: { 'branches/steps': 12 },
  edgeValues: undefined,
};

it('a message comes back bit for bit, without what was undefined', () => {
  const { edgeValues: _none, ...rest } = message;
  const back = decodeMessage(encodeMessage(message), 'task');
  expect(back).toEqual(rest);
  expect(Object.is(back.mean, -0)).toBe(true);
  expect(Object.is((back.parameters as Float32Array)[1], -0)).toBe(true);
});

it('equal messages are equal bytes', () => {
  expect(encodeMessage(message)).toEqual(encodeMessage({ ...message }));
});

it('damaged bytes, and files that are no message, are refused', () => {
  const bytes = encodeMessage(message);
  bytes[bytes.length - 1]! ^= 1;
  expect(() => decodeMessage(bytes, 'task')).toThrow('task: expected the bytes that were written');
  const other = encodeSafetensors([tensor('numbers', Float64Array.of(1))], { numbers: '[1]' });
  expect(() => decodeMessage(other, 'task')).toThrow('task: expected a message with as many names as numbers, got another file');
  const twice = encodeSafetensors([tensor('numbers', Float64Array.of(1)), tensor('array/env/x', Uint8Array.of(1))], { numbers: '["env"]' });
  expect(() => decodeMessage(twice, 'task')).toThrow('task: expected names of one thing each, got env twice');
});
