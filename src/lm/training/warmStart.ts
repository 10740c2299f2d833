/**
 * The warm start: random weights and a few steps of imitation of the task's solutions, until the model is right often enough for its groups to differ.
 * From random weights alone hardly any completion is right, and a method that compares completions has nothing to compare.
 *
 *     minimise  -1 / sum_i |s_i| * sum_i sum_t log pi(s_it | prompt_i, s_i<t),   s_i the solution and the end token,   with AdamW
 *
 * It depends on the model, the task, the warm start's own fields and the arithmetic, and on nothing else. The SHA-256 over all of them is its fingerprint,
 * under which it is kept, so that seeds and methods share it.
 */

import { failure, mistake, show } from '../../core/errors.ts';
import { parseJsonObject } from '../../core/json.ts';
import { learnerKey } from '../../random/index.ts';
import { inPieces } from '../../run/breathe.ts';
import { parameterTensors, restoreParameters } from '../../run/checkpoint.ts';
import { decodeSafetensors, encodeSafetensors } from '../../run/safetensors.ts';
import { sha256 } from '../../run/sha256.ts';
import { playEpisodes } from '../algorithm/episodes.ts';
import { episodeSettings } from '../algorithm/rollOut.ts';
import { beginReinforcement, type LanguageState } from '../algorithm/state.ts';
import { defaultWeightDecay } from '../config/config.ts';
import { initialize } from '../model/initialize.ts';
import { encodePrompt, writePrompt } from '../model/rollouts.ts';
import { transformerSpec } from '../model/spec.ts';
import type { SolutionTurn } from '../tasks/problem.ts';
import { drawProblem, problemStreams } from '../tasks/problems.ts';
import { promptKey, promptText } from '../tasks/prompt.ts';
import { type Score, scoreCompletions, weighAnswers } from '../tasks/rewards.ts';
import type { Problem } from '../tasks/task.ts';
import { answer } from './evaluation.ts';
import { pretrained } from './pretrained.ts';
import type { ModelSource, OpenContext, WarmStartProgress, WarmStartReport } from './source.ts';

/** Goes up when a warm start of the same settings would give other numbers. */
const version = 1;
/** Prompts of a measurement: standard error 0.025 at an accuracy of 0.2. */
const validationPrompts = 256;
/** Steps between measurements. */
const measureEvery = 10;
/** torch's defaults for AdamW. */
const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: defaultWeightDecay } as const;
/** Problems that stand for the task in the fingerprint, with the rewards of a right answer and of another one. */
const fingerprintProblems = 32;
const format = 'cohort-warm-start';

/** Random weights from `warmStartSeed`, then imitation up to `warmStartAccuracy`, which may be 0; read from the cache if it was done before. */
export const imitation: ModelSource = {
  fingerprint: async (state) => (state.config.warmStartAccuracy > 0 ? warmStartHash(state) : ''),

  /** Throws {@link CohortError} for a task without solutions, and if `warmStartMaxSteps` do not reach the accuracy. */
  async open(state, context) {
    if (state.config.warmStartAccuracy > 0) return readOrTrain(state, context);
    initialize(state.policy, learnerKey(state.config.warmStartSeed));
    return { steps: 0, sampledAccuracy: 0, greedyAccuracy: 0, cached: false, hash: '' };
  },
};

/** Gives the policy its weights and makes the state ready for reinforcement learning. Throws {@link CohortError} as the source does. */
export async function openPolicy(state: LanguageState, context: OpenContext): Promise<WarmStartReport> {
  const source = context.source ?? (state.model ? pretrained(state.model) : imitation);
  const report = await source.open(state, context);
  beginReinforcement(state);
  return report;
}

async function readOrTrain(state: LanguageState, context: OpenContext): Promise<WarmStartReport> {
  const { config, now } = state;
  const { warmStartAccuracy: target } = config;
  const start = now();
  const tell = (step: number, accuracy: number, cached: boolean): void => {
    const progress: WarmStartProgress = { step, accuracy, target, seconds: (now() - start) / 1000, cached };
    context.onWarmStart?.(progress);
  };
  const hash = await imitation.fingerprint(state);
  const bytes = await context.cache?.read(hash);
  let discarded: string | undefined;
  if (bytes) {
    const found = readCached(state, bytes, hash);
    if (typeof found !== 'string') {
      tell(found.steps, found.sampledAccuracy, true);
      return found;
    }
    discarded = found;
  }
  const trained = await train(state, context, tell);
  const report: WarmStartReport = { ...trained, cached: false, hash, ...(discarded === undefined ? {} : { discarded }) };
  if (!report.interrupted) await context.cache?.write(hash, encodeCached(state, report));
  return report;
}

async function train(
  state: LanguageState,
  context: OpenContext,
  tell: (step: number, accuracy: number, cached: boolean) => void,
): Promise<Pick<WarmStartReport, 'steps' | 'sampledAccuracy' | 'greedyAccuracy' | 'interrupted'>> {
  const { config, task, policy } = state;
  const { signal } = context;
  const { warmStartAccuracy: target, warmStartMaxSteps, warmStartSeed } = config;
  initialize(policy, learnerKey(warmStartSeed));
  const validation = drawProblems(state, 'validation', 0, validationPrompts);
  let step = 0;
  let accuracy = 0;
  const interrupted = (): ReturnType<typeof train> extends Promise<infer Report> ? Report : never => {
    return { steps: step, sampledAccuracy: accuracy, greedyAccuracy: 0, interrupted: true };
  };
  while (accuracy < target) {
    if (signal?.aborted) return interrupted();
    if (step >= warmStartMaxSteps) {
      throw failure(
        `warm start on ${task.id}`,
        `sampled accuracy ${target} within warmStartMaxSteps ${warmStartMaxSteps}`,
        accuracy.toFixed(3),
        'raise warmStartMaxSteps, lower warmStartAccuracy, or use a larger model',
      );
    }
    const until = Math.min(step + measureEvery, warmStartMaxSteps);
    const from = step;
    step = until;
    const measured = (await inPieces(imitateSteps(state, from, until), context)) && (await measure(state, validation, step, false, signal));
    if (measured === undefined) return interrupted();
    accuracy = measured;
    tell(step, accuracy, false);
    await context.platform.pause();
  }
  const greedyAccuracy = await measure(state, validation, step, true, signal);
  return greedyAccuracy === undefined ? interrupted() : { steps: step, sampledAccuracy: accuracy, greedyAccuracy };
}

/** The steps of imitation from one on to another; each is a piece. */
function* imitateSteps(state: LanguageState, from: number, to: number): Generator<void, object> {
  for (let step = from; step < to; step++) {
    imitate(state, step + 1);
    yield;
  }
  return {};
}

function drawProblems({ config, task }: LanguageState, stream: 'warmStart' | 'validation', first: number, count: number): Problem[] {
  const { warmStartSeed } = config;
  return Array.from({ length: count }, (_, i) => drawProblem(task, [warmStartSeed, problemStreams[stream], first + i], 'train'));
}

/** What is to be said, turn by turn; one turn where the task has no rollout. */
function solutionTurnsOf({ task }: LanguageState, { prompt, solution, solutionTurns }: Problem): readonly SolutionTurn[] {
  const turns = (task.rollout && solutionTurns) ?? (solution === undefined ? [] : [{ text: solution }]);
  if (turns.length === 0) {
    throw mistake(
      `warm start on ${task.id}`,
      'problems with a solution',
      `none for the prompt ${show(promptText(prompt))}`,
      `give ${task.rollout ? 'solutionTurns' : 'solutions'}, or set warmStartAccuracy to 0`,
    );
  }
  return turns;
}

/** The ids of a solution and its end tokens, and the places of those that are to be said: what is appended between turns is not. */
function encodeSolution(state: LanguageState, problem: Problem): { tokens: number[]; places: number[] } {
  const { task, tokenizer } = state;
  const turns = solutionTurnsOf(state, problem);
  const [tokens, places]: [number[], number[]] = [[], []];
  for (const { append = '', text } of turns) {
    if (append !== '') tokens.push(...tokenizer.encode(append));
    for (const token of [...tokenizer.encode(text), tokenizer.endToken]) places.push(tokens.push(token) - 1);
  }
  if (tokens.length <= task.completionLength) return { tokens, places };
  throw mistake(
    `solution ${show(turns.map(({ append = '', text }) => append + text).join(''))}`,
    `at most ${task.completionLength - 1} tokens and the end token`,
    `${tokens.length - 1}`,
    'raise the task’s completionLength',
  );
}

/** One step on a batch of solutions. */
function imitate(state: LanguageState, step: number): void {
  const { config, task, tokenizer, policy, kernels, singles } = state;
  const { warmStartBatchSize, warmStartLearningRate } = config;
  const { completionLength } = singles.spec;
  const problems = drawProblems(state, 'warmStart', (step - 1) * warmStartBatchSize, warmStartBatchSize);
  const solutions = problems.map((problem) => encodeSolution(state, problem));
  const share = 1 / solutions.reduce((sum, { places }) => sum + places.length, 0);
  singles.advantageWeights.fill(0);
  solutions.forEach(({ tokens, places }, row) => {
    const start = row * completionLength;
    writePrompt(singles, row, encodePrompt(problems[row]!, tokenizer, task.promptLength));
    singles.completions.set(tokens, start);
    singles.completionLengths[row] = tokens.length;
    for (const place of places) singles.advantageWeights[start + place] = share;
  });
  policy.gradient(singles, { numGroups: warmStartBatchSize, groupSize: 1, loss: 'score' });
  kernels.adamStep({ ...adam, parameters: policy.parameters, learningRate: warmStartLearningRate, step });
}

/** Accuracy of one completion per problem, over those whose reward could be computed; `undefined` where the signal cut it off. */
async function measure(
  state: LanguageState,
  problems: readonly Problem[],
  step: number,
  greedy: boolean,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { config, task } = state;
  const draw = { stream: 'warmStart', key: learnerKey(config.warmStartSeed), iteration: step, greedy } as const;
  const whole = { maxTokens: task.completionLength, temperature: 1, topK: 0, topP: 1 };
  const answered = await answer(state, problems, { ...whole, ...draw }, { subject: `warm start on ${task.id}: reward`, signal });
  const answers = answered?.byPrompt.flat();
  return answers && answers.filter(({ right }) => right).length / answers.length;
}

/** SHA-256 of everything that decides a state's warm start. */
async function warmStartHash(state: LanguageState): Promise<string> {
  const { config, task, tokenizer } = state;
  const { warmStartAccuracy, warmStartSeed, warmStartLearningRate, warmStartBatchSize, warmStartMaxSteps, arithmetic } = config;
  const problems = drawProblems(state, 'warmStart', 0, fingerprintProblems);
  // A task is code; its behavior stands for it: its first problems, and the rewards of the right answer and of another problem's.
  const others = problems.map((_, i) => problems[(i + 1) % problems.length]!);
  const scores = task.rollout ? await scoreScripted(state, problems, others) : await scoreSolutions(state, problems, others);
  return sha256(
    JSON.stringify({
      format,
      version,
      model: transformerSpec(config, task, tokenizer, 'policy'),
      fields: { warmStartAccuracy, warmStartSeed, warmStartLearningRate, warmStartBatchSize, warmStartMaxSteps, arithmetic },
      task: { id: task.id, alphabet: task.alphabet, promptLength: task.promptLength, completionLength: task.completionLength },
      ...(task.data && { data: sha256(task.data.rows), heldOut: task.data.heldOut }),
      endToken: tokenizer.endToken,
      problems: problems.map((problem) => [
        promptKey(problem.prompt),
        encodePrompt(problem, tokenizer, task.promptLength).tokens,
        encodeSolution(state, problem).tokens,
      ]),
      ...(task.rollout && { turns: [task.maxTurns, task.turnTokens, problems.map((problem) => encodeSolution(state, problem).places)] }),
      rewards: scores.map(({ status, total, outcome }) => [status, total, outcome]),
      measurement: { validationPrompts, measureEvery, adam },
    }),
  );
}

/** The rewards of every problem's solution, and of another one's. */
function scoreSolutions({ task, scoring }: LanguageState, problems: readonly Problem[], others: readonly Problem[]): Promise<Score[]> {
  const answers = problems.map(({ solution = '' }, i) => [solution, others[i]!.solution ?? '']);
  const items = problems.flatMap((problem, i) => answers[i]!.map((completion) => ({ problem, completion, ended: true })));
  return scoreCompletions(items, task, scoring);
}

/** The same of episodes in which the model says what a solution says. */
async function scoreScripted(state: LanguageState, problems: readonly Problem[], others: readonly Problem[]): Promise<Score[]> {
  const { task, tokenizer, scoring } = state;
  const scripts = problems.flatMap((problem, i) => [problem, others[i]!].map((other) => solutionTurnsOf(state, other)));
  const starts = problems.flatMap((problem) => {
    const prompt = encodePrompt(problem, tokenizer, task.promptLength);
    return [problem, problem].map((one) => ({ problem: one, prompt }));
  });
  const say = (text: string) => {
    const tokens = Int32Array.of(...tokenizer.encode(text), tokenizer.endToken);
    return { tokens, logProbs: new Float32Array(tokens.length) };
  };
  const played = await playEpisodes(starts, episodeSettings(state, task.completionLength)!, async (turn, waiting) =>
    waiting.map(({ number }) => say(scripts[number]![turn]?.text ?? '')),
  );
  return weighAnswers(
    played!.map(({ answer }) => answer),
    task,
    scoring,
  );
}

function encodeCached({ policy }: LanguageState, { steps, sampledAccuracy, greedyAccuracy, hash }: WarmStartReport): Uint8Array {
  const report = JSON.stringify({ steps, sampledAccuracy, greedyAccuracy });
  return encodeSafetensors(parameterTensors(policy.parameters), { format, hash, report });
}

/** The report of a cached warm start, whose parameters are then the policy's; or why it cannot be used, with parameters that are yet to be overwritten. */
function readCached({ policy }: LanguageState, bytes: Uint8Array, hash: string): WarmStartReport | string {
  try {
    const file = decodeSafetensors(bytes, 'cached warm start', { verifyDigest: true });
    const { metadata } = file;
    if (metadata.format !== format || metadata.hash !== hash) return 'cached warm start: it is of other settings';
    restoreParameters(policy.parameters, file);
    const { steps, sampledAccuracy, greedyAccuracy } = parseJsonObject(metadata.report ?? '') ?? {};
    if (typeof steps === 'number' && typeof sampledAccuracy === 'number' && typeof greedyAccuracy === 'number') {
      return { steps, sampledAccuracy, greedyAccuracy, cached: true, hash };
    }
    return 'cached warm start: it does not state its accuracy';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
