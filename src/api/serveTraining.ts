/**
 * The worker's side of a run that trains off the main thread.
 */
import { packError } from '../core/packedError.ts';
import { nameMujocoAddresses } from '../envs/mujoco/addresses.ts';
import type { Policy } from '../policy/policy.ts';
import type { SessionContext } from '../run/session.ts';
import { checkRoad } from '../run/storedRun.ts';
import type { LibraryContext } from './context.ts';
import { createEnvironmentRoad, type TrainConfig, type Training } from './environments.ts';
import { createPolicies } from './policies.ts';
import { readForResume } from './readForResume.ts';
import type { Answer, PackedPolicy, Question, WorkerMessage, WorkerOrder, WorkerRequest } from './workerProtocol.ts';

/** Begins what was ordered; nothing is computed yet. Rejects with what `train` and `resume` throw. */
async function begin(
  context: LibraryContext,
  { kind, input, run, runDirectory, modules, mujoco }: WorkerOrder,
  options: Pick<SessionContext, 'signal' | 'onEvent'>,
): Promise<Training> {
  nameMujocoAddresses(mujoco);
  for (const url of modules) await context.modules.use(url);
  const environments = createEnvironmentRoad(context, createPolicies(context));
  const { signal, onEvent } = options;
  if (kind === 'train') {
    const kept = { ...run, ...(signal && { signal }), ...(onEvent && { onEvent }), ...(runDirectory !== undefined && { runDirectory }) };
    // Checked by the library.
    return environments.train(input as unknown as TrainConfig, kept);
  }
  const { description, changes, hasCheckpoint } = await readForResume(context, runDirectory!, input);
  checkRoad(description, runDirectory!, 'environments');
  return environments.resume(
    runDirectory!,
    description,
    changes,
    {},
    { ...(signal && { signal }), ...(onEvent && { onEvent }), hasCheckpoint },
  );
}

async function answerOf(training: Training, question: Question): Promise<Answer> {
  const pack = (policy: Policy): PackedPolicy => ({ bytes: policy.encode({ critic: true }), arithmetic: training.config.arithmetic });
  if (question === 'snapshot') return { kind: 'policy', policy: pack(await training.snapshot()) };
  if (question === 'next') {
    const { done, value } = await training[Symbol.asyncIterator]().next();
    if (!done) return { kind: 'iteration', iteration: value };
  }
  if (question === 'close') await training.close();
  const { summary, policy } = await training.finish();
  return { kind: 'result', result: { summary, policy: pack(policy) } };
}

/** A run that is trained here for a program elsewhere: what to do with each of its requests. `tell` sends what it is told. */
export function serveTraining(context: LibraryContext, tell: (message: WorkerMessage) => void): (request: WorkerRequest) => void {
  const controller = new AbortController();
  let training: Promise<Training> | undefined;
  const answer = async (id: number, question: Question): Promise<void> => {
    try {
      tell({ kind: 'answer', id, answer: await answerOf(await training!, question) });
    } catch (error) {
      tell({ kind: 'failed', id, error: packError(error) });
    }
  };
  return (request) => {
    if (request.kind === 'stop') controller.abort();
    else if (request.kind === 'ask') void answer(request.id, request.question);
    else {
      const { order } = request;
      training = begin(context, order, {
        signal: controller.signal,
        ...(order.listens && { onEvent: (event) => tell({ kind: 'event', event }) }),
      });
      // Told to whoever asks.
      training.catch(() => undefined);
    }
  };
}
