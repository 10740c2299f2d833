/** What the page of language models and its worker say to each other: plain data. */

/** A picture of a prompt: red, green and blue of every pixel. */
export interface PlainPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** What the worker hears. */
export type LanguageRequest =
  | { readonly kind: 'begin'; readonly task: string; readonly iterations: number; readonly seed: number }
  | { readonly kind: 'pause'; readonly paused: boolean }
  | { readonly kind: 'stop' };

/** A completion of a group. */
export interface ShownCompletion {
  readonly text: string;
  readonly reward: number;
  /** Reward minus the group's mean, as the method has it; `null` where the update did not use it. */
  readonly advantage: number | null;
}

/** The completions of one prompt. */
export interface ShownGroup {
  readonly prompt: string;
  readonly pictures: readonly PlainPicture[];
  readonly completions: readonly ShownCompletion[];
}

/** A held-out prompt with the greedy answer of the model at some moment. */
export interface Answer {
  readonly prompt: string;
  readonly pictures: readonly PlainPicture[];
  readonly solution: string;
  readonly text: string;
  readonly isRight: boolean;
}

/** One iteration in numbers. */
export interface LanguagePoint {
  readonly iteration: number;
  /** Share of the sampled completions that are right, 0 .. 1. */
  readonly accuracy: number;
  /** Share of groups whose rewards differ, 0 .. 1. */
  readonly valid: number;
  readonly alpha: number;
  /** Share of held-out prompts that are answered right greedily, 0 .. 1, where it was measured. */
  readonly heldOut?: number;
}

/** What the worker tells. */
export type LanguageMessage =
  | { readonly kind: 'warmStart'; readonly step: number; readonly accuracy: number; readonly target: number; readonly done: boolean }
  | { readonly kind: 'before' | 'after'; readonly answers: readonly Answer[]; readonly accuracy: number }
  | { readonly kind: 'iteration'; readonly point: LanguagePoint; readonly iterations: number; readonly groups: readonly ShownGroup[] }
  | { readonly kind: 'done'; readonly parametersSha256: string | undefined }
  | { readonly kind: 'failed'; readonly message: string };
