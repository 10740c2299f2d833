/** The moving picture of `<cohort-run>`: the newest policy playing, while it is trained and for a while afterwards. */
import type { Env, Policy } from '../browser/index.ts';
import { sceneKinds, stepsPerSecond } from '../envs/draw/index.ts';
import { lateRegistry } from '../envs/lateRegistry.ts';
import { makeEnvOf } from '../envs/makeOf.ts';
import { Stage } from '../page/stage.ts';
import { Episode } from '../play/episode.ts';

/** Milliseconds that a policy plays before a newer one takes over. */
const turn = 3000;
/** Milliseconds that the picture of an episode's end stays. */
const pause = 700;
/** Episodes after the end of training. */
const lastEpisodes = 3;
/** Most steps of an episode: some tasks have no limit of their own. */
const maxSteps = 2000;

/** Gives the newest policy. */
export type Newest = () => Promise<Policy>;

/** What plays. */
export interface PictureTask {
  readonly env: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  readonly seed: number;
}

/** The next picture of the page, or none any more. A page that is hidden gives none. */
async function nextFrame(signal: AbortSignal): Promise<number | undefined> {
  const time = await new Promise<number>(requestAnimationFrame);
  return signal.aborted ? undefined : time;
}

/** Plays one episode up to its end, its turn, or the signal. Whoever wants no motion sees its first moment. */
async function playOne(stage: Stage, env: Env, policy: Policy, seed: number, isNewer: () => boolean, signal: AbortSignal): Promise<void> {
  const episode = new Episode(policy, env, { seed, maxSteps });
  const scene = env.scene?.();
  stage.begin();
  stage.remember(scene);
  stage.draw(episode.observation);
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  const perSecond = scene && sceneKinds.includes(scene.kind) ? stepsPerSecond(scene) : 30;
  let [began, due] = [undefined as number | undefined, 0];
  let ended: number | undefined;
  for (let time = await nextFrame(signal), before = time; time !== undefined; before = time, time = await nextFrame(signal)) {
    began ??= time;
    if (time - began > turn && (isStill || isNewer())) return;
    if (ended !== undefined && time - ended > pause) return;
    if (episode.isOver) ended ??= time;
    if (isStill || episode.isOver) continue;
    due = Math.min(due + ((time - before!) * perSecond) / 1000, 8);
    for (; due >= 1 && !episode.isOver; due--) {
      episode.advance();
      stage.remember(env.scene?.());
    }
    stage.draw(episode.observation);
  }
}

/**
 * Plays on a canvas until the signal, or until the policy has played a few episodes after the end of training. `isTraining` says whether newer ones come.
 */
export async function playNewest(
  canvas: HTMLCanvasElement,
  task: PictureTask,
  newest: Newest,
  isTraining: () => boolean,
  options: { readonly theme: () => 'light' | 'dark'; readonly signal: AbortSignal },
): Promise<void> {
  const { signal, theme } = options;
  const env = (await makeEnvOf(lateRegistry(), task.env, task.envOptions)) as Env;
  try {
    const stage = new Stage(canvas, theme);
    let left = lastEpisodes;
    for (let count = 0; left > 0 && !signal.aborted; count++) {
      const wasTraining = isTraining();
      if (!wasTraining) left--;
      const policy = await newest();
      if (signal.aborted) return;
      await playOne(stage, env, policy, task.seed + count, () => wasTraining, signal);
      if (matchMedia('(prefers-reduced-motion: reduce)').matches && !isTraining()) return;
    }
  } finally {
    env.close?.();
  }
}
