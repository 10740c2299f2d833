/**
 * A small pretrained model for tests: trained here for a moment, and written as a Hugging Face folder.
 */
import * as jinja from '@huggingface/jinja';
import * as tokenizers from '@huggingface/tokenizers';
import type { OpenModelOptions } from '../../src/api/models.ts';
import { filesOf, type ModelFiles } from '../../src/lm/checkpoints/files.ts';
import type { OutputFile } from '../../src/lm/checkpoints/outputFile.ts';
import { testCohort } from '../training/cohort.ts';
import { bytesOfFiles } from './checkpoints/huggingFace/output.ts';
import { shortRun } from './languageRun.ts';

/** The packages that read tokenizers. */
export const packages: Required<OpenModelOptions> = { tokenizers: { tokenizers, jinja } };

/** Files that are to be written, as files that are there. */
export async function written(place: string, files: readonly OutputFile[]): Promise<ModelFiles> {
  return filesOf(place, await bytesOfFiles(files));
}

/** The folder of the small model. */
export async function smallModel(place = 'base'): Promise<ModelFiles> {
  const { model } = await testCohort()
    .trainLanguageModel({ ...shortRun, iterations: 1, finalEvaluationPrompts: 1 })
    .finish();
  return written(place, await model.export('huggingface'));
}

const { hiddenSize: _, numHiddenLayers: __, numAttentionHeads: ___, intermediateSize: ____, warmStartAccuracy: _____, ...rest } = shortRun;

/** A short run that begins from it, once a library has opened it; adapters of rank 4 unless that is left out. */
export const pretrainedRun = { ...rest, maxTokens: 3, iterations: 4, model: 'base' } as const;
