/** What the page knows of a language model in training, message by message. */
import type { Answer, LanguageMessage, LanguagePoint, ShownGroup } from './protocol.ts';

/** Where the run is. */
export type LanguageStage = 'idle' | 'loading' | 'warmStart' | 'training' | 'done' | 'failed';

/** The answers of one moment. */
export interface Answers {
  readonly answers: readonly Answer[];
  /** Of more held-out prompts than are shown, 0 .. 1. */
  readonly accuracy: number;
}

/** Everything that is shown. */
export interface LanguageRun {
  readonly stage: LanguageStage;
  readonly warmStart?: { readonly step: number; readonly accuracy: number; readonly target: number };
  readonly points: readonly LanguagePoint[];
  readonly iterations: number;
  readonly groups: readonly ShownGroup[];
  readonly before?: Answers;
  readonly after?: Answers;
  readonly parametersSha256?: string | undefined;
  readonly problem?: string;
}

export const idle: LanguageRun = { stage: 'idle', points: [], iterations: 0, groups: [] };

/** The run after a message. */
export function hear(run: LanguageRun, message: LanguageMessage): LanguageRun {
  switch (message.kind) {
    case 'warmStart':
      return { ...run, stage: message.done ? 'training' : 'warmStart', warmStart: message };
    case 'before':
      return { ...run, stage: 'training', before: message };
    case 'after':
      return { ...run, after: message };
    case 'iteration':
      return { ...run, stage: 'training', points: [...run.points, message.point], iterations: message.iterations, groups: message.groups };
    case 'done':
      return { ...run, stage: 'done', parametersSha256: message.parametersSha256 };
    case 'failed':
      return { ...run, stage: 'failed', problem: message.message };
  }
}

/** Tasks of the page, with how long a visitor waits: measured on two cores of a server, docs/log.md, 2026-11-30. */
export const languageTasksOfPage = [
  { id: 'add-2digit', label: 'sums of two numbers: 37+58= → 095', iterations: 150, wait: 'about a minute' },
  { id: 'count-shapes', label: 'pictures: how many circles? → 2', iterations: 150, wait: 'several minutes' },
] as const;

/** A share as people write it. */
export const percent = (share: number): string => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
