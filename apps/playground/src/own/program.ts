/**
 * The program of the worker in which an own environment runs. It is built as one text, and started inside a frame whose policy forbids every connection:
 * see `sandbox.ts`.
 */
import { box, CohortError, checkEnv, createGenerator, discrete, type Env, train } from 'cohort-rl';
import type { OwnAnswer, OwnRequest } from './protocol.ts';

const tell = (answer: OwnAnswer): void => postMessage(answer);

/** The names that the code may use; each stands for what `cohort-rl` exports. */
const given = { box, discrete, createGenerator, CohortError };

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

function check(code: string): boolean {
  try {
    const { ok, problems, notes } = checkEnv(makerOf(code));
    tell({ kind: 'checked', ok, findings: problems, notes });
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
  const { summary } = await training.finish();
  tell({ kind: 'done', hash: summary.parametersSha256 });
}

addEventListener('message', ({ data }: MessageEvent<OwnRequest>) => {
  run(data).catch((error) =>
    tell({ kind: 'checked', ok: false, findings: [{ what: String(error?.message ?? error), fix: '' }], notes: [] }),
  );
});
