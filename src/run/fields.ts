/**
 * Configuration fields that every kind of run has.
 */
import type * as z from 'zod/mini';
import { choice, flag, inGroup, integer, optionalInteger } from '../core/config.ts';

/** Seed of everything random. */
export const seedField = integer({ description: 'seed of everything random in the run', default: 1, min: 0, max: Number.MAX_SAFE_INTEGER });

/** Where a run stops, what it keeps, and what it runs on. */
export const keepingFields = {
  ...inGroup('Run', {
    stopAfter: optionalInteger({
      description: 'stop after this iteration; schedules still span all iterations, and resume continues from here',
      min: 1,
      max: 100_000_000,
    }),
    checkpointInterval: integer({
      description: 'iterations between checkpoints; 0 goes by seconds alone',
      default: 0,
      min: 0,
      max: 100_000_000,
    }),
    checkpointSeconds: integer({ description: 'write a checkpoint when the last one is this old', default: 30, min: 1, max: 1_000_000 }),
    tensorboard: flag({ description: 'write TensorBoard events into the run folder', default: true }),
  }),
  ...inGroup('Machine', {
    threads: integer({ description: 'threads of one run; the results do not depend on it', default: 1, min: 1, max: 64 }),
    arithmetic: choice({
      description: 'plain = the same bits on every machine; fused = faster multiply-add, bits may differ between machines',
      default: 'plain',
      names: ['plain', 'fused'],
    }),
  }),
} satisfies z.core.$ZodShape;
