/**
 * Which prompts are asked: all alike, or by what the policy made of them when it was last asked. The rules are those of the authors' trainer for arXiv 2504.02546
 * (AMAP-ML/GPG, open-r1, `sample_strategy`): a prompt that was never asked has weight 1.
 *
 * What differs there: weights are fixed for an epoch, and an epoch is drawn at once. Here they are those of the moment, so that tasks without an end of
 * prompts have a curriculum too; and accuracy is the share of right answers, where theirs is the mean of the whole reward.
 */

import { failure } from '../../core/errors.ts';
import { createGenerator } from '../../random/index.ts';
import { takeTensor } from '../../run/checkpoint.ts';
import type { Tensor } from '../../run/safetensors.ts';
import type { Checkpoint } from '../../run/storedRun.ts';
import type { LanguageConfig } from '../config/config.ts';
import type { RolloutGroup } from '../model/rollouts.ts';
import { drawProblem, problemStreams, promptHash } from '../tasks/problems.ts';
import type { LanguageTask, Problem } from '../tasks/task.ts';

/** `uniform` asks all prompts alike, `hard` those that go wrong, `soft` the same without those that always go wrong, `medium` those that go both ways. */
type CurriculumName = LanguageConfig['curriculum'];

/**
 * The weight of a prompt whose completions were right with that frequency when it was last asked.
 *
 * Example: accuracies 0, 0.25, 1 weigh 1, 0.75, 0 with `hard`; 0, 0.75, 0 with `soft`; 0, 1, 0 with `medium`.
 */
export function promptWeight(curriculum: CurriculumName, accuracy: number | undefined): number {
  if (curriculum === 'uniform' || accuracy === undefined) return 1;
  if (curriculum === 'hard') return 1 - accuracy;
  if (accuracy === 0 || accuracy === 1) return 0;
  return curriculum === 'soft' ? 1 - accuracy : 1;
}

/** Prompts that are drawn for one that is asked; where all are passed over, the last is asked. */
const maxDraws = 1000;

/** Prompts that are remembered; of more the one that was asked longest ago is forgotten. */
const maxRemembered = 2 ** 20;

/** Names of the tensors of a checkpoint. */
const [promptsTensor, accuraciesTensor] = ['curriculum/prompts', 'curriculum/accuracies'] as const;

/** A prompt that was drawn for training. */
export interface DrawnProblem {
  readonly problem: Problem;
  /** Prompts that were drawn and passed over before it. */
  readonly passedOver: number;
}

/** What a run remembers of its prompts, and what it asks next. */
export class Curriculum {
  readonly #name: CurriculumName;
  /** By the hash of the prompt, of 32 bits: the few prompts that share one share their accuracy. In the order in which they were asked. */
  readonly #accuracies = new Map<number, number>();

  constructor(name: CurriculumName) {
    this.#name = name;
  }

  /** Problem `number` of a run: it depends on the seed, the number and what is remembered. Throws {@link CohortError} as `drawProblem` does. */
  draw(task: LanguageTask, seed: number, number: number): DrawnProblem {
    for (let passedOver = 0; ; passedOver++) {
      const place = [seed, problemStreams.training, number];
      const problem = drawProblem(task, passedOver === 0 ? place : [...place, passedOver], 'train');
      const weight = promptWeight(this.#name, this.accuracyOf(problem));
      if (weight === 1 || passedOver + 1 === maxDraws) return { problem, passedOver };
      const random = createGenerator([seed, problemStreams.curriculum, number, passedOver]);
      if (random.random() < weight) return { problem, passedOver };
    }
  }

  /** Share of right answers of a prompt when it was last asked; `undefined` if it never was. */
  accuracyOf({ prompt }: Pick<Problem, 'prompt'>): number | undefined {
    return this.#accuracies.get(promptHash(prompt));
  }

  /** Remembers how groups were answered; one whose rewards all failed tells nothing. */
  remember(groups: readonly RolloutGroup[]): void {
    if (this.#name === 'uniform') return;
    for (const { problem, rollouts } of groups) {
      const scored = rollouts.filter(({ score }) => score.status === 'ok');
      if (scored.length === 0) continue;
      const hash = promptHash(problem.prompt);
      this.#accuracies.delete(hash);
      this.#accuracies.set(hash, scored.filter(({ score }) => score.outcome >= 1).length / scored.length);
      if (this.#accuracies.size > maxRemembered) this.#accuracies.delete(this.#accuracies.keys().next().value!);
    }
  }

  /** What a checkpoint keeps; nothing where all prompts are asked alike. */
  tensors(): Tensor[] {
    if (this.#name === 'uniform') return [];
    const shape = [this.#accuracies.size];
    return [
      { name: promptsTensor, shape, data: Uint32Array.from(this.#accuracies.keys()) },
      { name: accuraciesTensor, shape, data: Float64Array.from(this.#accuracies.values()) },
    ];
  }

  /** The reverse of {@link Curriculum.tensors}. Throws {@link CohortError} where the checkpoint has none, or other than shares. */
  restore(checkpoint: Pick<Checkpoint, 'tensors'>): void {
    if (this.#name === 'uniform') return;
    const count = checkpoint.tensors.get(promptsTensor)?.data.length ?? 0;
    const prompts = takeTensor(checkpoint, promptsTensor, new Uint32Array(0), count);
    const accuracies = takeTensor(checkpoint, accuraciesTensor, new Float64Array(0), count);
    const wrong = accuracies.find((accuracy) => !(accuracy >= 0 && accuracy <= 1));
    if (wrong !== undefined) {
      throw failure(`checkpoint: tensor ${accuraciesTensor}`, 'shares from 0 to 1', String(wrong), 'restore the folder from a copy');
    }
    this.#accuracies.clear();
    for (const [i, prompt] of prompts.entries()) this.#accuracies.set(prompt, accuracies[i]!);
  }
}
