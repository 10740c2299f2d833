/** What a batch takes in a workspace: rows grow with the length of sequences, and nothing with its square. */
import { describe, expect, it } from 'vitest';
import { createKernels } from '../../src/kernels/index.ts';
import type { SequencesSpec } from '../../src/kernels/transformer/index.ts';
import { placePlan } from '../../src/kernels/transformer/plan.ts';
import { smallSpec } from './transformerHelpers.ts';

const { arena } = createKernels({ bytes: 2 ** 20 }).context;
const spec = { ...smallSpec, vocabSize: 4096, maxPositionEmbeddings: 2 ** 16 };

function bytesOf(purpose: 'training' | 'sampling', sequences: Partial<SequencesSpec>, keptBytes = 0): number {
  const room = { numGroups: 1, groupSize: 4, promptLength: 1024, completionLength: 1025, ...sequences };
  return placePlan(arena, spec, room, purpose, room.numGroups, keptBytes).workspaceBytes;
}

describe('the workspace of a batch', () => {
  it.each([
    ['training, with all activations kept', 'training', 2 ** 40],
    ['training, with activations computed again', 'training', 0],
    ['sampling', 'sampling', 0],
  ] as const)('grows in a straight line with the length: %s', (_, purpose, keptBytes) => {
    const at = (factor: number): number =>
      bytesOf(purpose, { promptLength: 1024 * factor, completionLength: 1024 * factor + 1 }, keptBytes);
    const [first, second, third, last] = [at(1), at(2), at(3), at(16)];
    // Every buffer is rounded up to 64 bytes.
    expect(Math.abs(third - 2 * second + first)).toBeLessThan(64 * 64);
    expect(Math.abs(last - first - 15 * (second - first))).toBeLessThan(64 * 64);
  });

  it('holds logits of the completions, not of every token of the prompt', () => {
    const rows = (promptLength: number): number => bytesOf('sampling', { promptLength });
    expect((rows(2048) - rows(1024)) / 1024).toBeLessThan(4 * 4096);
    const completions = (groupSize: number): number => bytesOf('sampling', { groupSize, completionLength: 1 });
    expect(completions(8) - completions(4)).toBeGreaterThanOrEqual(4 * 4096 * 4);
  });
});
