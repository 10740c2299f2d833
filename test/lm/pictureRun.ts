/**
 * Short runs on prompts with pictures for tests: a built-in task, and a file of rows with its PNG files. The hashes were recorded once; every supported Node and Chromium must
 * give them, with any number of threads.
 */
import type { LanguageTrainConfig } from '../../src/api/languageModels.ts';
import { tiny } from './languageRun.ts';
import { writePng } from './tasks/pictures/writePicture.ts';

const small = {
  ...tiny,
  iterations: 3,
  warmStartAccuracy: 0.1,
  warmStartMaxSteps: 2000,
  warmStartBatchSize: 16,
  evaluationInterval: 0,
  evaluationPrompts: 8,
  finalEvaluationPrompts: 8,
  evaluationSamples: 2,
  seed: 1,
} as const;

/** A run on a task that comes with the package. */
export const countShapesRun = { ...small, task: 'count-shapes' } as const satisfies LanguageTrainConfig;
/** SHA-256 of its final parameters. */
export const countShapesHash = 'b075444aeda34afcb08c4d496b958ccf28fe93ae092121b3af10db79199dc145';

/** What a run on the rows has besides their task. */
export const shadesRun = { ...small, minValidFraction: 0 } as const;
/** SHA-256 of its final parameters. */
export const shadesHash = '40e46434928058d1799c29f1dc9ea833962e760cdcad30944794535fba70ddbf';

/** Pictures by the names of their files: stripes of a grey, each its own. */
export const shadePictures: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map(
  Array.from({ length: 12 }, (_, i) => {
    const samples = Array.from({ length: 8 * 12 }, (_, pixel) => [(pixel * (i + 3)) % 256, 20 * i, 255 - 20 * i]).flat();
    return [`shades/${i}.png`, writePng(12, 8, samples)];
  }),
);

/** JSON lines that name them: is it the light one? */
export const shadeRows = Array.from({ length: 60 }, (_, i) => {
  const prompt = [{ image: `shades/${i % 12}.png` }, `${i % 5}?`];
  return JSON.stringify({ prompt, answer: i % 12 < 6 ? '0' : '1' });
}).join('\n');
