// Drawing completions: the prompts of a shard once, then token by token for all its completions, with keys and values kept.
import { jobNetwork, jobParameters } from '../../src/kernels/layout';
import {
  headMaximumF, modelHidden, modelVocabulary, modelVocabularyPadded, planDescriptors, planExponentials, planHeadInputs, planHeadRows,
  planHeadState, planHeap, planLive, planLogits, planRows, taskCompletionLengths, taskCompletions, taskCompletionStride, taskEndCount, taskEndTokens,
  taskEntropies, taskFirstRollout, taskGreedy, taskGroupSize, taskInverseTemperatureF, taskIteration, taskKey0, taskKey1, taskLogProbs,
  taskMaxTokens, taskPlan, taskPromptLengths, taskPromptStride, taskStream, taskTopK, taskTopPF, vocabularyTile,
} from '../../src/kernels/transformer/layout';
import { address, float, word } from '../lanes';
import { philox } from '../philox';
import { forwardRows } from './blocks';
import { drawToken, exponentiate, keepLikeliest, likeliest } from './draw';
import { beginRow, endRow, entropyOf, gatherHeadRows, logProbOf, stateOf, takeLogits, tileLogits } from './head';
import { completionOf, describePrompt, describeRow, entry, set } from './rows';

/** Whole rows of logits of the collected head rows, and their statistics in the order of the trainer. */
function computeLogits(job: usize, model: usize, parameters: usize, plan: usize, workspace: usize, count: usize): void {
  const vocabulary = address(model, modelVocabulary), padded = address(model, modelVocabularyPadded);
  const inputs = workspace + address(plan, planHeadInputs), logits = workspace + address(plan, planLogits);
  const states = workspace + address(plan, planHeadState);
  gatherHeadRows(model, plan, workspace, count);
  for (let row: usize = 0; row < count; row++) beginRow(stateOf(states, row));
  for (let first: usize = 0; first < padded; first += vocabularyTile) {
    const columns = min<usize>(padded - first, vocabularyTile), valid = <i32>min<usize>(vocabulary - first, columns);
    tileLogits(
      model, parameters, plan, workspace, inputs, logits + (first << 2), padded << 2, first, columns, count, float(job, taskInverseTemperatureF),
    );
    for (let row: usize = 0; row < count; row++) takeLogits(stateOf(states, row), logits + ((row * padded + first) << 2), valid);
  }
  for (let row: usize = 0; row < count; row++) endRow(stateOf(states, row));
}

/** Whether a token ends a completion. */
function endsWith(job: usize, token: usize): bool {
  const tokens = address(job, taskEndTokens);
  for (let k: usize = 0; k < address(job, taskEndCount); k++) if (entry(tokens, k) == token) return true;
  return false;
}

/** Draws token `t` of a completion from head row `row` and writes it; returns whether the completion goes on. */
function chooseToken(
  job: usize, model: usize, plan: usize, workspace: usize, row: usize, completion: usize, rollout: usize, t: usize, fresh: bool,
): bool {
  const vocabulary = address(model, modelVocabulary);
  const state = stateOf(workspace + address(plan, planHeadState), row);
  const logits = workspace + address(plan, planLogits) + ((row * address(model, modelVocabularyPadded)) << 2);
  let token: usize;
  if (word(job, taskGreedy) != 0) {
    token = likeliest(logits, vocabulary);
  } else {
    const e = workspace + address(plan, planExponentials);
    const topK = word(job, taskTopK), topP = float(job, taskTopPF);
    if (fresh) {
      exponentiate(logits, e, vocabulary, float(state, headMaximumF));
      if (topK > 0 || topP < 1) keepLikeliest(e, vocabulary, topK, topP, workspace + address(plan, planHeap));
    }
    const bits = philox(
      <u32>word(job, taskKey0), <u32>word(job, taskKey1), <u32>word(job, taskIteration), <u32>t,
      <u32>(address(job, taskFirstRollout) + rollout), <u32>word(job, taskStream), 0,
    );
    token = drawToken(e, vocabulary, bits);
  }
  const index = completion * address(job, taskCompletionStride) + t;
  store<u32>(address(job, taskCompletions) + (index << 2), <u32>token);
  f32.store(address(job, taskLogProbs) + (index << 2), logProbOf(state, f32.load(logits + (token << 2))));
  f32.store(address(job, taskEntropies) + (index << 2), entropyOf(state));
  if (!endsWith(job, token) && t + 1 < address(job, taskMaxTokens)) return true;
  store<u32>(address(job, taskCompletionLengths) + (completion << 2), <u32>t + 1);
  return false;
}

/** Draws all completions of groups [first, last). In the cache a group takes promptStride + groupSize * maxTokens rows. */
export function sampleGroups(job: usize, workspace: usize, first: usize, last: usize): void {
  const model = address(job, jobNetwork), parameters = address(job, jobParameters), plan = address(job, taskPlan);
  const descriptors = workspace + address(plan, planDescriptors), headRows = workspace + address(plan, planHeadRows);
  const live = workspace + address(plan, planLive);
  const room = address(plan, planRows), size = address(job, taskGroupSize), most = address(job, taskMaxTokens);
  const promptRows = address(job, taskPromptStride), groupRows = promptRows + size * most;
  const promptLengths = address(job, taskPromptLengths);
  let living: usize = 0;
  for (let group = first; group < last; ) {
    const begin = group;
    let rows: usize = 0, count: usize = 0;
    do {
      rows = describePrompt(job, descriptors, group, rows, (group - first) * groupRows);
      set(headRows, count++, rows - 1);
      group++;
    } while (group < last && rows + entry(promptLengths, group) <= room);
    forwardRows(model, parameters, plan, workspace, rows, true);
    computeLogits(job, model, parameters, plan, workspace, count);
    for (let k: usize = 0; k < count; k++) {
      for (let member: usize = 0; member < size; member++) {
        const completion = completionOf(job, begin + k, member), rollout = (begin + k) * size + member;
        if (chooseToken(job, model, plan, workspace, k, completion, rollout, 0, member == 0)) {
          set(live, living++, (begin + k) * size + member);
        }
      }
    }
  }
  for (let t: usize = 1; living > 0; t++) {
    let kept: usize = 0;
    for (let begin: usize = 0; begin < living; begin += room) {
      const rows = min<usize>(room, living - begin);
      for (let k: usize = 0; k < rows; k++) {
        const rollout = entry(live, begin + k);
        const group = rollout / size, member = rollout % size;
        const index = completionOf(job, group, member) * address(job, taskCompletionStride) + t - 1;
        const prompt = (group - first) * groupRows, own = prompt + promptRows + member * most;
        const promptLength = entry(promptLengths, group);
        const token = entry(address(job, taskCompletions), index);
        describeRow(descriptors, k, token, promptLength + t - 1, prompt, promptLength, own, t, own + t - 1);
        set(headRows, k, k);
      }
      forwardRows(model, parameters, plan, workspace, rows, true);
      computeLogits(job, model, parameters, plan, workspace, rows);
      for (let k: usize = 0; k < rows; k++) {
        const rollout = entry(live, begin + k);
        const completion = completionOf(job, rollout / size, rollout % size);
        // Those that go on move to the front, which has been read already.
        if (chooseToken(job, model, plan, workspace, k, completion, rollout, t, true)) set(live, kept++, rollout);
      }
    }
    living = kept;
  }
}
