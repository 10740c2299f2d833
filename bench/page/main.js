/**
 * A page that trains in a worker and shows the current policy at play. Closed in the middle and opened again it goes on from the files of its origin.
 * What it is to train stands after the # of its address; what it measures lies in `globalThis.page` for the program that drives it (bench/page.mjs).
 */
import { browserHome } from 'cohort-rl';
import { drawScene, makeEnv, pictureSize } from 'cohort-rl/envs';
import { playEpisode } from 'cohort-rl/play';
import { listRuns } from 'cohort-rl/run';
import { resumeInWorker, trainInWorker } from 'cohort-rl/worker';

const { runDirectory, config } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
/** Times of frames in milliseconds, and numbers of iterations. */
const page = { frames: [], iterations: [], policies: 0 };
globalThis.page = page;

const canvas = document.querySelector('canvas');
const size = pictureSize('lunarLander');
Object.assign(canvas, size);
const context = canvas.getContext('2d');
const env = await makeEnv(config.env);
let policy;
let episode;
let seed = 0;

/** One step and one picture for every frame; each episode is played with the policy of its beginning. */
function show() {
  let moment = episode?.next();
  if (!moment || moment.done) {
    episode = playEpisode(policy, env, { seed: seed++, greedy: false });
    moment = episode.next();
  }
  drawScene(context, moment.value.scene, size);
  page.frames.push(performance.now());
  requestAnimationFrame(show);
}

const isThere = (await listRuns(browserHome())).some(({ directory }) => directory === runDirectory);
const training = isThere ? resumeInWorker(runDirectory) : trainInWorker(config, { runDirectory });
policy = await training.snapshot();
requestAnimationFrame(show);
let taken = performance.now();
for await (const { iteration, iterations, metrics } of training) {
  page.iterations.push(iteration);
  document.querySelector('p').textContent = `${iteration} of ${iterations}: ${Math.round(metrics['charts/episodic_return'])}`;
  if (performance.now() - taken < 500) continue;
  policy = await training.snapshot();
  page.policies++;
  taken = performance.now();
}
const { summary } = await training.finish();
globalThis.outcome = { status: summary.status, hash: summary.parametersSha256 };
