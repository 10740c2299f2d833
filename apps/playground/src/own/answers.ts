/**
 * What the worker of an own environment says, read as a stranger's: its code can send anything. Whatever the page shows or draws is checked here, in full.
 */
import type { Scene } from 'cohort-rl';
import { checkScene } from 'cohort-rl/envs';
import type { Finding } from './lines.ts';
import { maxFrames, type OwnAnswer } from './protocol.ts';

/** Shapes or numbers of a whole episode, at most: more would keep the page busy. */
const maxParts = 60_000;
/** Findings and notes, and the letters of each. */
const maxTexts = 50;
const maxLetters = 2000;

type Given = Readonly<Record<string, unknown>>;

function refuse(what: string): never {
  throw new Error(`The environment's code sent the page ${what}.`);
}

function recordOf(value: unknown, what: string): Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Given) : refuse(`something other than ${what}`);
}

function numberOf(value: unknown, what: string): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(`something other than a number for ${what}`);
}

function textOf(value: unknown, what: string): string {
  return typeof value === 'string' ? value.slice(0, maxLetters) : refuse(`something other than words for ${what}`);
}

function listOf<T>(value: unknown, what: string, most: number, entry: (one: unknown) => T): T[] {
  if (!Array.isArray(value) || value.length > most) return refuse(`something other than a list of at most ${most} for ${what}`);
  return value.map(entry);
}

function findingOf(value: unknown): Finding {
  const { what, fix, line } = recordOf(value, 'a finding');
  return { what: textOf(what, 'a finding'), fix: textOf(fix, 'its fix'), ...(line !== undefined && { line: numberOf(line, 'its line') }) };
}

/** One moment: a scene of simple shapes or a board, or numbers. Nothing else is drawn: the other drawings trust what they are given. */
function frameOf(value: unknown): Scene {
  const { kind, values } = recordOf(value, 'a scene');
  if (kind !== 'numbers') return checkScene(value, 'scene()');
  const checked = listOf(values, 'the numbers', maxParts, (one) => numberOf(one, 'a number of the observation'));
  return { kind, values: checked, largest: checked.reduce((most, one) => Math.max(most, Math.abs(one)), 1) } as Scene;
}

const partsOf = (value: unknown): number => {
  const { shapes, rows, values } = recordOf(value, 'a scene');
  const cells = Array.isArray(rows) ? rows.map((row) => (typeof row === 'string' ? row.length : 0)) : [];
  const parts = [shapes, values].map((list) => (Array.isArray(list) ? list.length : 0));
  return [...cells, ...parts].reduce((sum, count) => sum + count, 1);
};

function framesOf(value: unknown): Scene[] {
  const parts = listOf(value, 'an episode', maxFrames, partsOf).reduce((sum, count) => sum + count, 0);
  if (parts === 0) refuse('an episode without a moment');
  if (parts > maxParts) refuse(`an episode of ${parts} shapes in all; ${maxParts} are drawn`);
  return (value as unknown[]).map(frameOf);
}

/** What was said, if it is an answer. Throws an error whose message is for the person at the page. */
export function readAnswer(data: unknown): OwnAnswer {
  const given = recordOf(data, 'an answer');
  if (given.kind === 'checked') {
    return {
      kind: 'checked',
      ok: given.ok === true,
      findings: listOf(given.findings, 'the findings', maxTexts, findingOf),
      notes: listOf(given.notes, 'the notes', maxTexts, (note) => textOf(note, 'a note')),
    };
  }
  if (given.kind === 'point') {
    const { steps, iteration, sampled, greedy } = given;
    return {
      kind: 'point',
      steps: numberOf(steps, 'the steps'),
      iteration: numberOf(iteration, 'the iteration'),
      sampled: numberOf(sampled, 'a return'),
      greedy: numberOf(greedy, 'a return'),
    };
  }
  if (given.kind === 'episode') {
    const { iteration, return: total, frames } = given;
    return {
      kind: 'episode',
      iteration: numberOf(iteration, 'the iteration'),
      return: numberOf(total, 'a return'),
      frames: framesOf(frames),
    };
  }
  if (given.kind === 'done' && /^[0-9a-f]{64}$/.test(String(given.hash))) return { kind: 'done', hash: String(given.hash) };
  return refuse('something that is no answer');
}
