/** What is said between the page and the worker without a network in which an own environment runs. Plain data. */
import type { Finding } from './lines.ts';

/** What the worker is asked for. */
export interface OwnRequest {
  readonly kind: 'check' | 'train';
  /** The body of a function that gives a class, or a function that makes an environment. */
  readonly code: string;
  readonly iterations: number;
}

/** What comes back. */
export type OwnAnswer =
  | { readonly kind: 'checked'; readonly ok: boolean; readonly findings: readonly Finding[]; readonly notes: readonly string[] }
  | { readonly kind: 'point'; readonly steps: number; readonly iteration: number; readonly sampled: number; readonly greedy: number }
  | { readonly kind: 'done'; readonly hash: string };
