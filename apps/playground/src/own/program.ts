/**
 * The program of the worker in which an own environment runs. It is built as one text, and started inside a frame whose policy forbids every connection:
 * see `sandbox.ts`.
 */
import { box, CohortError, checkEnv, createGenerator, discrete, type Env, type Policy, type Scene, train } from 'cohort-rl';
import { ownSceneKinds } from 'cohort-rl/envs';
import { Episode } from 'cohort-rl/play';
import { numbersScene } from '../stage/paint.ts';
import { maxFrames, type OwnAnswer, type OwnRequest } from './protocol.ts';

const tell = (answer: OwnAnswer): void => postMessage(answer);

/** The names that the code may use; each stands for what `cohort-rl` exports. */
const given = { box, discrete, createGenerator, CohortError };

/** Milliseconds between two episodes that are told. */
const filmInterval = 250;
/** Of the last policy, as many as the page keeps. */
const lastSeeds = [0, 1, 2];

/** Lines before the code in the function that is made of it: two of the engine, and the directive. */
const headerLines = 3;

function lineOfError(error: unknown): number | undefined {
  const found = /<anonymous>:(\d+):\d+/.exec((error as Error)?.stack ?? '');
  return found ? Math.max(Number(found[1]) - headerLines, 1) : undefined;
}

/** Makes the environment of the code. Throws what the code throws, and a sentence where it gives no environment. */
function makerOf(code: string): () => Env {
  const made: unknown = new Function(...Object.keys(given), `'use strict';\n${code}`)(...Object.values(given));
  if (typeof made !== 'function')
    throw new TypeError(`the code: expected a class or a function at the end, got ${typeof made}; write return Corridor;`);
  const isClass = /^class\b/.test(Function.prototype.toString.call(made));
  return isClass ? () => new (made as new () => Env)() : (made as () => Env);
}

/** The kinds of scenes that the page can check, and so draws; of anything else it shows the numbers of the observation. */
const drawnKinds: readonly string[] = ownSceneKinds;

/** Says that a drawing which the page does not know is not shown. */
function notesOf(make: () => Env): readonly string[] {
  const env = make();
  env.reset({ seed: 0 });
  const kind = env.scene?.().kind;
  env.close?.();
  return kind === undefined || drawnKinds.includes(kind)
    ? []
    : [`scene() gives the kind ${kind}; this page draws ${drawnKinds.join(' and ')}, and shows the numbers of the observation instead`];
}

function frameOf(env: Env, { observation }: Episode): Scene {
  const scene = env.scene?.();
  return scene && drawnKinds.includes(scene.kind) ? scene : numbersScene(observation);
}

/** Plays an episode of the policy, and tells it. */
function film(make: () => Env, policy: Policy, iteration: number, seed: number): void {
  const env = make();
  const episode = new Episode(policy, env, { seed, maxSteps: maxFrames - 1 });
  const frames = [frameOf(env, episode)];
  while (!episode.isOver) {
    episode.advance();
    frames.push(frameOf(env, episode));
  }
  env.close?.();
  tell({ kind: 'episode', iteration, return: episode.moment.return, frames });
}

function check(code: string): boolean {
  try {
    const make = makerOf(code);
    const { ok, problems, notes } = checkEnv(make);
    tell({ kind: 'checked', ok, findings: problems, notes: ok ? [...notes, ...notesOf(make)] : notes });
    return ok;
  } catch (error) {
    const line = lineOfError(error);
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    tell({ kind: 'checked', ok: false, findings: [{ what, fix: '', ...(line !== undefined && { line }) }], notes: [] });
    return false;
  }
}

async function run({ kind, code, iterations }: OwnRequest): Promise<void> {
  if (!check(code) || kind === 'check') return;
  // Made of the code twice: what its environments share is not moved by those that are shown.
  const make = makerOf(code);
  const training = train(
    { env: makerOf(code), numEnvs: 16, numSteps: 64, iterations, seed: 1, threads: 1, evaluationInterval: 2, evaluationMaxSteps: 500 },
    {
      onEvent: (event) => {
        if (event.event !== 'evaluation') return;
        const { iteration, globalStep: steps, sampled, greedy } = event;
        if (sampled.mean === null || greedy.mean === null) return;
        tell({ kind: 'point', iteration, steps, sampled: sampled.mean, greedy: greedy.mean });
      },
    },
  );
  let shown = Number.NEGATIVE_INFINITY;
  film(make, await training.snapshot(), 0, 0);
  for await (const { iteration } of training) {
    if (performance.now() - shown < filmInterval) continue;
    film(make, await training.snapshot(), iteration, iteration);
    shown = performance.now();
  }
  const { summary, policy } = await training.finish();
  for (const seed of lastSeeds) film(make, policy, summary.iterations, seed);
  tell({ kind: 'done', hash: summary.parametersSha256 });
}

addEventListener('message', ({ data }: MessageEvent<OwnRequest>) => {
  run(data).catch((error) =>
    tell({ kind: 'checked', ok: false, findings: [{ what: String(error?.message ?? error), fix: '' }], notes: [] }),
  );
});
