// Jobs, their shards, and the pool that runs shards on several threads.
//
// The calling thread publishes a ticket word: (generation << 32) | next shard. Whoever advances it by compare-and-swap owns that shard.
// A thread that wakes late finds another generation or no shard left, and touches nothing: nobody ever waits for a thread that has not
// taken work, so a pool whose threads are slow, or never start, is only slower. Results do not depend on who ran a shard.
import {
  controlDone, controlExit, controlGeneration, controlItems, controlJobList, controlJobs, controlReady, controlSleepers, controlTicket,
  controlTimes, controlTimesBytes, controlTimesRest, controlWaiting, controlWorkspace, controlWorkspaceBytes, jobCount, jobFirstRow,
  jobGradients, jobGradientStride, jobIndices, jobInputs, jobKind, jobLogStd, jobLogStdOffset, jobLoss, jobNetwork, jobNetworkOffset,
  jobParameters, jobShards, jobStatistics, kindAct, kindGradient, lossCategorical, lossGaussian, lossGiven, lossValue,
  networkOutputSize, networkParameterBytes, networkSampleTile, statisticCount, statisticRatioMax, statisticsBytes, tileRows,
} from '../src/kernels/layout';
import { kindTransformerGradient } from '../src/kernels/transformer/layout';
import { sampleTile, writeOutputs } from './act';
import { address, word } from './lanes';
import { categoricalLoss, gaussianLoss, givenGradient, valueLoss } from './losses';
import { backwardTile, forwardTile, gatherInputs, gatherRows, transposeNetwork, wholeGroups } from './network';
import { reduce } from './optimizer';
import { transposeModel } from './transformer/blocks';
import { runTransformer } from './transformer/jobs';

/** Milliseconds of a monotonic clock. */
// @ts-ignore: decorator
@external('host', 'now')
declare function now(): f64;

// Looks of the waiting loops before a thread sleeps: about 50 and 20 microseconds, longer than the gap between two minibatches.
const workerLooks = 2000;
const callerLooks = 800;

/**
 * About 25 nanoseconds of dependent multiplications: wasm has no pause instruction, and a loop of bare loads would take the issue slots of
 * a hardware thread that shares the core. The result must be stored somewhere, or the work would be left out.
 */
// @ts-ignore: decorator
@inline
function rest(x: i32): i32 {
  for (let i = 0; i < 4; i++) x = (((x * 0x2c1b3c6d + 1) * 0x2c1b3c6d + 1) * 0x2c1b3c6d + 1) * 0x2c1b3c6d + 1;
  return x;
}

function runGradient(job: usize, shard: usize, workspace: usize, times: usize): void {
  const network = address(job, jobNetwork);
  const parameters = address(job, jobParameters);
  const count = address(job, jobCount);
  const shards = address(job, jobShards);
  const flat = address(job, jobGradients) + shard * address(job, jobGradientStride);
  const gradients = flat + address(job, jobNetworkOffset);
  const logStdGradients = flat + address(job, jobLogStdOffset);
  const statistics = address(job, jobStatistics) + shard * statisticsBytes;
  const loss = word(job, jobLoss);
  memory.fill(gradients, 0, address(network, networkParameterBytes));
  memory.fill(statistics, 0, statisticsBytes);
  if (loss == lossGaussian) memory.fill(logStdGradients, 0, wholeGroups(address(network, networkOutputSize)) << 2);
  const rowNumbers = workspace + address(network, networkSampleTile);
  const tiles = (count + tileRows - 1) / tileRows;
  const last = ((shard + 1) * tiles) / shards;
  let before = now();
  for (let tile = (shard * tiles) / shards; tile < last; tile++) {
    const begin = tile * tileRows;
    const rows = min<usize>(tileRows, count - begin);
    gatherRows(address(job, jobIndices), word(job, jobFirstRow), begin, rows, rowNumbers);
    gatherInputs(network, address(job, jobInputs), rowNumbers, workspace, rows);
    forwardTile(network, parameters, workspace, rows);
    const between = now();
    if (loss == lossCategorical) categoricalLoss(job, network, workspace, statistics, rows);
    else if (loss == lossValue) valueLoss(job, network, workspace, statistics, rows);
    else if (loss == lossGaussian) gaussianLoss(job, network, workspace, statistics, logStdGradients, rows);
    else givenGradient(job, network, workspace, begin, rows);
    backwardTile(network, parameters, gradients, workspace, rows);
    const after = now();
    f64.store(times, f64.load(times) + (between - before));
    f64.store(times, f64.load(times, 8) + (after - between), 8);
    before = after;
  }
}

function runForward(job: usize, shard: usize, workspace: usize, times: usize): void {
  const network = address(job, jobNetwork);
  const parameters = address(job, jobParameters);
  const count = address(job, jobCount);
  const acting = word(job, jobKind) == kindAct;
  const rowNumbers = workspace + address(network, networkSampleTile);
  const share = wholeGroups((count + address(job, jobShards) - 1) / address(job, jobShards));
  const last = min<usize>(count, (shard + 1) * share);
  const before = now();
  for (let begin = shard * share; begin < last; begin += tileRows) {
    const rows = min<usize>(tileRows, last - begin);
    gatherRows(address(job, jobIndices), word(job, jobFirstRow), begin, rows, rowNumbers);
    gatherInputs(network, address(job, jobInputs), rowNumbers, workspace, rows);
    forwardTile(network, parameters, workspace, rows);
    if (acting) sampleTile(job, network, workspace, begin, rows);
    else writeOutputs(job, network, workspace, begin, rows);
  }
  f64.store(times, f64.load(times) + (now() - before));
}

/** Shard `item` of the jobs counted one after another. */
function runItem(control: usize, item: i32, thread: usize): void {
  let entry = control + controlJobList;
  let job = address(entry, 0);
  while (item >= word(job, jobShards)) {
    item -= word(job, jobShards);
    entry += 4;
    job = address(entry, 0);
  }
  const workspace = <usize>load<u32>(control + controlWorkspace) + thread * <usize>load<u32>(control + controlWorkspaceBytes);
  const times = control + controlTimes + thread * controlTimesBytes;
  const kind = word(job, jobKind);
  // @ts-ignore: set by the build.
  if (WITH_TRANSFORMER) {
    if (kind >= kindTransformerGradient) {
      runTransformer(job, item, workspace, times);
      return;
    }
  }
  if (kind == kindGradient) runGradient(job, item, workspace, times);
  else runForward(job, item, workspace, times);
}

/** Takes shards of generation `generation` until none is left. */
function takeItems(control: usize, generation: i32, thread: usize): void {
  for (;;) {
    const ticket = atomic.load<i64>(control + controlTicket);
    const item = <i32>ticket;
    if (<i32>(ticket >> 32) != generation || item >= atomic.load<i32>(control + controlItems)) return;
    if (atomic.cmpxchg<i64>(control + controlTicket, ticket, ticket + 1) != ticket) continue;
    runItem(control, item, thread);
    const done = atomic.add<i32>(control + controlDone, 1) + 1;
    if (done == atomic.load<i32>(control + controlItems) && atomic.load<i32>(control + controlWaiting) != 0) {
      atomic.notify(control + controlDone, 1);
    }
  }
}

/** The life of a pool thread; returns when the pool closes. */
export function worker(control: usize, thread: usize): void {
  const times = control + controlTimes + thread * controlTimesBytes;
  let seen = 0;
  atomic.add<i32>(control + controlReady, 1);
  for (;;) {
    let generation = atomic.load<i32>(control + controlGeneration);
    let x = generation;
    for (let i = 0; generation == seen && i < workerLooks; i++) {
      x = rest(x);
      generation = atomic.load<i32>(control + controlGeneration);
    }
    store<i32>(times, x, controlTimesRest);
    if (generation == seen) {
      atomic.add<i32>(control + controlSleepers, 1);
      atomic.wait<i32>(control + controlGeneration, seen, -1);
      atomic.sub<i32>(control + controlSleepers, 1);
      generation = atomic.load<i32>(control + controlGeneration);
    }
    if (atomic.load<i32>(control + controlExit) != 0) return;
    if (generation != seen) {
      seen = generation;
      takeItems(control, generation, thread);
    }
  }
}

/** Wakes the pool's threads; with the exit word set they end. */
function wake(control: usize): i32 {
  const generation = atomic.add<i32>(control + controlGeneration, 1) + 1;
  if (atomic.load<i32>(control + controlSleepers) != 0) atomic.notify(control + controlGeneration, -1);
  return generation;
}

/** Ends the pool's threads. */
export function close(control: usize): void {
  atomic.store<i32>(control + controlExit, 1);
  wake(control);
}

/** Runs every shard of the jobs in the control block's list: here alone, or together with the pool's threads. */
export function run(control: usize, parallel: i32): void {
  const jobs = load<i32>(control + controlJobs);
  let items = 0;
  for (let i = 0; i < jobs; i++) {
    const job = address(control + controlJobList, i);
    items += word(job, jobShards);
    const kind = word(job, jobKind);
    if (kind == kindGradient) transposeNetwork(address(job, jobNetwork), address(job, jobParameters));
    // @ts-ignore: set by the build; the module of perceptrons alone leaves transformers out.
    if (WITH_TRANSFORMER) {
      if (kind == kindTransformerGradient) transposeModel(address(job, jobNetwork), address(job, jobParameters));
    }
  }
  if (!parallel || items < 2) {
    for (let item = 0; item < items; item++) runItem(control, item, 0);
    return;
  }
  // Order matters: a late thread that still reads the old ticket must fail its compare-and-swap before it sees new items.
  const next = atomic.load<i32>(control + controlGeneration) + 1;
  atomic.store<i64>(control + controlTicket, (<i64>next << 32) | 0x7fffffff);
  atomic.store<i32>(control + controlItems, items);
  atomic.store<i32>(control + controlDone, 0);
  atomic.store<i64>(control + controlTicket, <i64>next << 32);
  wake(control);
  takeItems(control, next, 0);
  let x = next;
  for (let i = 0; i < callerLooks; i++) {
    if (atomic.load<i32>(control + controlDone) == items) return;
    x = rest(x);
  }
  store<i32>(control + controlTimes, x, controlTimesRest);
  atomic.store<i32>(control + controlWaiting, 1);
  for (;;) {
    const done = atomic.load<i32>(control + controlDone);
    if (done == items) break;
    atomic.wait<i32>(control + controlDone, done, -1);
  }
  atomic.store<i32>(control + controlWaiting, 0);
}

/** Sums the shards of a finished gradient job, in order: gradients into the flat block, statistics into `sums` (float64 each). */
export function finishGradient(job: usize, flat: usize, sums: usize): void {
  const shards = word(job, jobShards);
  const source = address(job, jobGradients), apart = address(job, jobGradientStride), offset = address(job, jobNetworkOffset);
  const network = address(job, jobNetwork);
  reduce(flat + offset, source + offset, apart, shards, address(network, networkParameterBytes));
  if (word(job, jobLoss) == lossGaussian) {
    const at = address(job, jobLogStdOffset);
    reduce(flat + at, source + at, apart, shards, wholeGroups(address(network, networkOutputSize)) << 2);
  }
  for (let i = 0; i < statisticCount; i++) {
    let sum: f64 = 0;
    let most: f64 = 0;
    for (let shard = 0; shard < shards; shard++) {
      const p = address(job, jobStatistics) + shard * statisticsBytes + (i << 4);
      for (let lane = 0; lane < 4; lane++) {
        const value = <f64>f32.load(p + (lane << 2));
        sum += value;
        most = max<f64>(most, value);
      }
    }
    f64.store(sums + (i << 3), i == statisticRatioMax ? most : sum);
  }
}
