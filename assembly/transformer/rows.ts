// From groups of sequences to rows: prompts first, each completion after the prompt that it shares, and what each row predicts.
import { jobNetwork } from '../../src/kernels/layout';
import {
  modelPatches, modelPatchInputs, modelVocabulary, planDescriptors, planHeadRows, planPredictions, predictionIndex, predictionRow, predictionToken, rowKept, rowNumber, rowOwn,
  rowOwnCount, rowPatch, rowPosition, rowPrompt, rowPromptCount, rowToken, taskCompletionLengths, taskCompletions, taskCompletionStride, taskGroupRoom,
  taskGroupSize, taskPatches, taskPromptLengths, taskPrompts, taskPromptStride,
} from '../../src/kernels/transformer/layout';
import { address } from '../lanes';
import { predictionOf } from './head';
import { descriptorOf } from './layers';

// @ts-ignore: decorator
@inline
export function set(record: usize, index: usize, value: usize): void {
  store<u32>(record + (index << 2), <u32>value);
}

// @ts-ignore: decorator
@inline
export function entry(array: usize, index: usize): usize {
  return <usize>load<u32>(array + (index << 2));
}

/** Writes one descriptor. */
export function describeRow(
  descriptors: usize, row: usize, token: usize, position: usize, prompt: usize, promptCount: usize, own: usize, ownCount: usize, kept: usize,
  patch: usize = 0, number: usize = 0,
): void {
  const record = descriptorOf(descriptors, row);
  set(record, rowToken, token);
  set(record, rowPosition, position);
  set(record, rowPrompt, prompt);
  set(record, rowPromptCount, promptCount);
  set(record, rowOwn, own);
  set(record, rowOwnCount, ownCount);
  set(record, rowKept, kept);
  set(record, rowPatch, patch);
  set(record, rowNumber, number);
}

/** Number of a completion's row in the (N, C) arrays. */
// @ts-ignore: decorator
@inline
export function completionOf(job: usize, group: usize, member: usize): usize {
  return group * address(job, taskGroupRoom) + member;
}

/** Number of the first row of a group's prompt, if every group has as many rows as there is room for: prompt, then completions. */
function firstNumber(job: usize, group: usize): usize {
  return group * (address(job, taskPromptStride) + address(job, taskGroupRoom) * address(job, taskCompletionStride));
}

/** Describes the prompt of a group from row `row` on; its keys are kept from `kept` on. Returns the row after it. */
export function describePrompt(job: usize, descriptors: usize, group: usize, row: usize, kept: usize): usize {
  const length = entry(address(job, taskPromptLengths), group);
  const tokens = address(job, taskPrompts) + ((group * address(job, taskPromptStride)) << 2);
  const model = address(job, jobNetwork), vocabulary = address(model, modelVocabulary), bytes = address(model, modelPatchInputs) << 2;
  const patches = address(job, taskPatches) + group * address(model, modelPatches) * bytes;
  const number = firstNumber(job, group);
  for (let i: usize = 0; i < length; i++) {
    const token = entry(tokens, i);
    const patch = token < vocabulary ? 0 : patches + (token - vocabulary) * bytes;
    describeRow(descriptors, row + i, token, i, kept, i + 1, 0, 0, kept + i, patch, number + i);
  }
  return row + length;
}

/** Rows that a group takes in training. */
export function rowsOf(job: usize, group: usize): usize {
  let rows = entry(address(job, taskPromptLengths), group);
  for (let member: usize = 0; member < address(job, taskGroupSize); member++) {
    rows += entry(address(job, taskCompletionLengths), completionOf(job, group, member)) - 1;
  }
  return rows;
}

/** What a chunk holds. The fields are words in memory, because a shard runs on any thread: rows, head rows, predictions. */
// @ts-ignore: decorator
@unmanaged
export class Chunk {
  rows: usize;
  headRows: usize;
  predictions: usize;
}

/** Adds a group to a chunk: its rows, the rows that predict, and their predictions. */
export function describeGroup(job: usize, plan: usize, workspace: usize, chunk: Chunk, group: usize): void {
  const descriptors = workspace + address(plan, planDescriptors), headRows = workspace + address(plan, planHeadRows);
  const predictions = workspace + address(plan, planPredictions);
  const prompt = chunk.rows, size = address(job, taskGroupSize), width = address(job, taskCompletionStride);
  const promptLength = entry(address(job, taskPromptLengths), group);
  let row = describePrompt(job, descriptors, group, prompt, prompt);
  const promptHead = chunk.headRows;
  set(headRows, chunk.headRows++, row - 1);
  for (let member: usize = 0; member < size; member++) {
    const completion = completionOf(job, group, member);
    const tokens = address(job, taskCompletions) + ((completion * width) << 2);
    const length = entry(address(job, taskCompletionLengths), completion);
    const own = row, number = firstNumber(job, group) + address(job, taskPromptStride) + member * width;
    for (let t: usize = 0; t < length; t++) {
      const prediction = predictionOf(predictions, chunk.predictions++);
      set(prediction, predictionRow, t == 0 ? promptHead : chunk.headRows);
      set(prediction, predictionToken, entry(tokens, t));
      set(prediction, predictionIndex, completion * width + t);
      if (t == 0) continue;
      describeRow(descriptors, row, entry(tokens, t - 1), promptLength + t - 1, prompt, promptLength, own, t, row, 0, number + t - 1);
      set(headRows, chunk.headRows++, row++);
    }
  }
  chunk.rows = row;
}
