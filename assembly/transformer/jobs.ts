// Shards of transformer jobs. A shard is a fixed run of groups; which thread takes it changes nothing.
import { jobKind, jobNetwork, jobParameters, jobShards } from '../../src/kernels/layout';
import {
  kindTransformerGradient, kindTransformerSample, modelHidden, modelIsValue, modelTrainedBytes, modelUntrainedBytes, planDescriptors,
  planHeadRows, planNormGradient, planRows, taskGradients, taskGroups, taskLogits, taskPlan,
} from '../../src/kernels/transformer/layout';
import { address, word } from '../lanes';
import { reduce } from '../optimizer';
import { backwardRows, forwardRows } from './blocks';
import { logitsHead, valueHead } from './head';
import { Chunk, describeGroup, describePrompt, rowsOf, set } from './rows';
import { sampleGroups } from './sample';

/** Milliseconds of a monotonic clock. */
// @ts-ignore: decorator
@external('host', 'now')
declare function now(): f64;

/** Runs one shard; `times` as in ../jobs.ts. */
export function runTransformer(job: usize, shard: usize, workspace: usize, times: usize): void {
  const groups = address(job, taskGroups), shards = address(job, jobShards);
  const first = (shard * groups) / shards, last = ((shard + 1) * groups) / shards;
  const before = now();
  if (word(job, jobKind) == kindTransformerSample) {
    sampleGroups(job, workspace, first, last);
    f64.store(times, f64.load(times) + (now() - before));
  } else if (address(job, taskLogits) != 0) {
    writeLogits(job, workspace);
    f64.store(times, f64.load(times) + (now() - before));
  } else {
    runChunks(job, shard, workspace, first, last, times);
  }
}

/** Groups [first, last) in chunks of as many as fit the plan's rows. */
function runChunks(job: usize, shard: usize, workspace: usize, first: usize, last: usize, times: usize): void {
  const model = address(job, jobNetwork), parameters = address(job, jobParameters), plan = address(job, taskPlan);
  const bytes = address(model, modelTrainedBytes), room = address(plan, planRows);
  const backward = word(job, jobKind) == kindTransformerGradient;
  const trained = address(job, taskGradients) + shard * bytes;
  // Where the gradient of the first parameter would lie: what is not trained has no room.
  const gradients = backward ? trained - address(model, modelUntrainedBytes) : 0;
  const dNormed = workspace + address(plan, planNormGradient);
  if (backward) memory.fill(trained, 0, bytes);
  const chunk = changetype<Chunk>(workspace); // the first words of a workspace are nobody else's
  let before = now();
  for (let group = first; group < last; ) {
    chunk.rows = 0;
    chunk.headRows = 0;
    chunk.predictions = 0;
    do describeGroup(job, plan, workspace, chunk, group++);
    while (group < last && chunk.rows + rowsOf(job, group) <= room);
    const rows = chunk.rows;
    forwardRows(model, parameters, plan, workspace, rows, false);
    if (backward) memory.fill(dNormed, 0, rows * (address(model, modelHidden) << 2));
    const between = now();
    if (word(model, modelIsValue) != 0) {
      valueHead(job, model, parameters, gradients, plan, workspace, chunk.headRows, chunk.predictions);
    } else {
      logitsHead(job, model, parameters, gradients, plan, workspace, chunk.headRows, chunk.predictions);
    }
    if (backward) backwardRows(model, parameters, gradients, plan, workspace, rows);
    const after = now();
    f64.store(times, f64.load(times) + (between - before));
    f64.store(times, f64.load(times, 8) + (after - between), 8);
    before = after;
  }
}

/** Logits, or values, at every position of the first prompt. */
function writeLogits(job: usize, workspace: usize): void {
  const model = address(job, jobNetwork), parameters = address(job, jobParameters), plan = address(job, taskPlan);
  const rows = describePrompt(job, workspace + address(plan, planDescriptors), 0, 0, 0);
  for (let row: usize = 0; row < rows; row++) set(workspace + address(plan, planHeadRows), row, row);
  forwardRows(model, parameters, plan, workspace, rows, false);
  if (word(model, modelIsValue) != 0) valueHead(job, model, parameters, 0, plan, workspace, rows, 0);
  else logitsHead(job, model, parameters, 0, plan, workspace, rows, 0);
}

/** Sums the shards of a finished gradient job, in order, into the model's gradient. */
export function finishTransformer(job: usize, gradients: usize): void {
  const bytes = address(address(job, jobNetwork), modelTrainedBytes);
  reduce(gradients, address(job, taskGradients), bytes, word(job, jobShards), bytes);
}
