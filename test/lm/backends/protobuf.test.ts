/**
 * Messages of the Tinker protocol, byte by byte.
 */
import { describe, expect, it } from 'vitest';
import { decodeResult, encodeForwardBackward } from '../../../src/lm/backends/tinker/protobuf.ts';
import { datumOf, gradientResult, sampleResult } from '../../../src/lm/backends/tinker/wire.ts';
import { Message } from '../../../src/run/protobuf.ts';

const bytesOf = (array: ArrayBufferView): Uint8Array => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** Hexadecimal digits, as the Python package tinker 0.25 reads and writes them (`tinker_public_pb2`). */
const hexadecimal = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

describe('a sequence', () => {
  it('is asked at every position for the next token, and learned from after its prompt alone', () => {
    const { model_input, loss_fn_inputs } = datumOf([5, 6, 7], [8, 9], [0.5, 0.5], [-1, -2]);
    expect(model_input.chunks[0].tokens).toEqual([5, 6, 7, 8]);
    expect(loss_fn_inputs.target_tokens).toEqual({ data: [6, 7, 8, 9], dtype: 'int64', shape: [4] });
    expect(loss_fn_inputs.advantages.data).toEqual([0, 0, 0.5, 0.5]);
    expect(loss_fn_inputs.logprobs.data).toEqual([0, 0, -1, -2]);
  });
});

describe('forward_backward', () => {
  it('is written by its field numbers', () => {
    const bytes = encodeForwardBackward('m', 3, [datumOf([5], [8], [0.5], [-1])], 'importance_sampling');
    // model_id 1, seq_id 2, data 3 { model_input 1 { encoded_text 1 { tokens 1 } }, loss_fn_inputs 2 { key 1, value 2 { dense 1, dtype 3, shape 4 } } }, loss_fn 4
    const tokens = '0a080a060a0405000000';
    const target = `121f0a0d${'7461726765745f746f6b656e73'}120e0a0808000000000000001802${'2001'}`;
    const advantages = `12180a0a${'616476616e7461676573'}120a0a040000003f1801${'2001'}`;
    const logprobs = `12160a08${'6c6f6770726f6273'}120a0a04000080bf1801${'2001'}`;
    const datum = `${tokens}${target}${advantages}${logprobs}`;
    const length = (datum.length / 2).toString(16).padStart(2, '0');
    expect(hexadecimal(bytes)).toBe(`0a016d10031a${length}${datum}2213${hexadecimal(new TextEncoder().encode('importance_sampling'))}`);
  });
});

describe('results', () => {
  it('of asample: what they are in JSON', () => {
    const sequence = (stop: number, tokens: number[], logProbs: number[]): Message => {
      const message = new Message();
      // Proto3 leaves out what is 0: a sequence that stopped.
      if (stop > 0) message.whole(1, stop);
      return message.data(2, bytesOf(Int32Array.from(tokens))).data(3, bytesOf(Float32Array.from(logProbs)));
    };
    const bytes = new Message()
      .message(1, sequence(0, [4, 0], [-0.5, -0.25]))
      .message(1, sequence(1, [70000], [-3]))
      .whole(4, 300)
      .bytes();
    const read = sampleResult().parse(decodeResult('asample', bytes));
    expect(read.sequences).toEqual([
      { stop_reason: 'stop', tokens: [4, 0], logprobs: [-0.5, -0.25] },
      { stop_reason: 'length', tokens: [70000], logprobs: [-3] },
    ]);
  });

  it('of forward_backward: tensors of all data in one, cut at their offsets', () => {
    const tensor = (dtype: number): Message =>
      new Message()
        .data(1, bytesOf(Float32Array.of(-1, -2, -3)))
        .data(2, bytesOf(BigInt64Array.of(0n, 8n, 12n)))
        .whole(3, dtype);
    const record = new Message()
      .text(1, 'ArrayRecord')
      .message(2, new Message().text(1, 'logprobs').message(2, tensor(1)))
      .message(2, new Message().text(1, 'counts').message(2, tensor(3)))
      .whole(3, 2);
    const metrics = new Message().text(1, 'loss').double(2, 0.5);
    const bytes = new Message().text(1, 'scalar').message(2, record).message(3, metrics).bytes();
    const read = gradientResult().parse(decodeResult('forward_backward', bytes));
    expect(read.loss_fn_outputs).toEqual([{ logprobs: { data: [-1, -2] } }, { logprobs: { data: [-3] } }]);
  });

  it('that are cut off or damaged are none, and end', () => {
    const whole = new Message().message(1, new Message().data(2, bytesOf(Int32Array.of(1, 2)))).bytes();
    for (let length = 1; length < whole.length; length++) {
      expect(decodeResult('asample', whole.subarray(0, length))).toBeUndefined();
    }
    expect(decodeResult('asample', Uint8Array.of(0x0b))).toBeUndefined();
    expect(decodeResult('asample', new Uint8Array(20).fill(0xff))).toBeUndefined();
    expect(sampleResult().safeParse(decodeResult('asample', new Uint8Array(0))).success).toBe(true);
  });
});
