/**
 * A task out of questions and answers: characters are tokens, a completion is right if the verifier says so.
 */
import { mistake, show } from '../../core/errors.ts';
import { visibleText } from '../../core/text.ts';
import { maxDataName, type RunData } from '../../run/data.ts';
import { sha256 } from '../../run/sha256.ts';
import { languageTasks } from '../tasks/index.ts';
import { pictureDefaults } from '../tasks/pictures/defaults.ts';
import { isHeldOutOf } from '../tasks/problems.ts';
import { type Prompt, picturesOf, promptParts, type Tokenizer } from '../tasks/prompt.ts';
import { type LanguageTask, type Problem, patchTokens, type TaskImages } from '../tasks/task.ts';
import { extractAnswer, verifyAnswer } from '../verifier/index.ts';
import { type DataRow, encodeRows, readRows } from './rows.ts';

/** What a task of rows is besides them. */
export interface DataTaskOptions {
  /** Lower-case words with hyphens. */
  readonly id: string;
  /** The share of prompts, by their hash, that is never trained on; default 0.1. With 1 all of them are: a benchmark. */
  readonly heldOut?: number | undefined;
  /** The file that the rows came from: its name, and its SHA-256. Default: none. */
  readonly source?: Pick<RunData, 'name' | 'sha256'> | undefined;
}

/** Most different characters. */
const maxAlphabet = 1024;
const usualHeldOut = 0.1;

/**
 * A task of questions and answers. Its alphabet are the characters of all prompts and solutions; the reward is 1 for an answer that is right to the
 * verifier (`accuracy`), else 0; an answer that it cannot judge is 0 too, and counted as `unclear`, which weighs nothing. A completion is its answer
 * as a whole, unless it marks one (`#### 72`, `\boxed{72}`, `<answer>72</answer>`); one that marks none must end. Of a pretrained model, whose answer is a sentence, the
 * last number counts where nothing is marked and the whole is not right.
 *
 * Throws {@link CohortError} for rows that none, or all, are held out of (unless `heldOut` is 1). With more than 1,024 different characters they are for pretrained
 * models only: whoever would take characters for tokens throws then.
 */
export function taskFromRows(rows: readonly DataRow[], options: DataTaskOptions): LanguageTask {
  return taskOfRows(rows, options, false);
}

function taskOfRows(
  rows: readonly DataRow[],
  { id, heldOut = usualHeldOut, source }: DataTaskOptions,
  isPretrained: boolean,
): LanguageTask {
  if (!(heldOut >= 0 && heldOut <= 1)) throw mistake('heldOut', 'a share from 0 to 1', show(heldOut), 'leave it out for 0.1');
  const held = rows.filter(({ prompt }) => isHeldOutOf(heldOut, prompt));
  const trained = rows.filter(({ prompt }) => !isHeldOutOf(heldOut, prompt));
  const where = source?.name ?? id;
  if (held.length === 0 || (trained.length === 0 && heldOut < 1)) {
    const got = `${rows.length} rows, of which ${held.length} are held out at ${heldOut}`;
    throw mistake(where, 'rows to train on, and rows to be held out', got, 'give more rows, or another share: --held-out 0.2');
  }
  const texts = rows.flatMap(({ prompt, answer, solution = answer }) => [...textsOf(prompt), solution]);
  const images = imagesOf(rows, where);
  const patches = images === undefined ? 0 : patchTokens(images);
  const encoded = encodeRows(rows);
  const problems = new Map<DataRow, Problem>();
  const problemOf = (row: DataRow): Problem => {
    const known = problems.get(row) ?? problemOfRow(row, isPretrained);
    problems.set(row, known);
    return known;
  };
  const longest = (of: (row: DataRow) => string): number => rows.reduce((most, row) => Math.max(most, [...of(row)].length), 1);
  const pictures =
    images && `, with ${images.count === 1 ? 'a picture' : `${images.count} pictures`} of ${images.width} x ${images.height}`;
  return {
    id,
    description: `${rows.length} questions of ${where}${pictures ?? ''}, ${held.length} of them held out`,
    ...charactersOf(texts, where),
    ...(images && { images, defaults: pictureDefaults() }),
    promptLength: longest(({ prompt }) => textsOf(prompt).join('')) + patches,
    completionLength: longest(({ answer, solution = answer }) => solution) + 1,
    prompts(random, split) {
      const list = split === 'heldOut' ? held : split === 'train' ? trained : rows;
      return problemOf(list[random.integers(0, list.length)]!);
    },
    heldOutShare: heldOut,
    heldOutProblems: () => held.map(problemOf),
    problems: () => rows.map(problemOf),
    weights: { unclear: 0 },
    outcome: 'accuracy',
    sameAnswer,
    ...(!isPretrained && { forPretrained: () => taskOfRows(rows, { id, heldOut, source }, true) }),
    data: { id, name: visibleText(where).slice(0, maxDataName), sha256: source?.sha256 ?? sha256(encoded), heldOut, rows: encoded },
  };
}

function textsOf(prompt: Prompt): string[] {
  return promptParts(prompt).filter((part) => typeof part === 'string');
}

/** Pixels of a side of a patch, as of the tasks that come with the package. */
const patchSize = 4;

/** The pictures of rows; `undefined` where none has any. Throws {@link CohortError} where they differ in number or size, or cannot be cut into patches. */
function imagesOf(rows: readonly DataRow[], where: string): TaskImages | undefined {
  const picturesIn = ({ prompt }: DataRow) => picturesOf(prompt);
  const [first] = rows.flatMap(picturesIn);
  if (!first) return undefined;
  const { width, height } = first;
  const count = picturesIn(rows.find((row) => picturesIn(row).length > 0)!).length;
  if (width % patchSize !== 0 || height % patchSize !== 0) {
    const advice = 'choose another size: --picture-size 32';
    throw mistake(where, `pictures whose sides are multiples of ${patchSize} pixels`, `${width} x ${height}`, advice);
  }
  const size = `${count === 1 ? 'one picture' : `${count} pictures`} of ${width} x ${height} in every row, as in the first row with one`;
  for (const row of rows) {
    const pictures = picturesIn(row);
    const other = pictures.find((picture) => picture.width !== width || picture.height !== height);
    if (pictures.length === count && !other) continue;
    const got = other ? `one of ${other.width} x ${other.height}` : `${pictures.length}`;
    throw mistake(`${where}:${row.line ?? '?'}`, size, got, 'mend the row, or leave it out');
  }
  return { width, height, patchSize, count };
}

/** The task of data that a run folder kept. */
export function taskOfData({ id, name, sha256: digest, heldOut, rows }: RunData): LanguageTask {
  const text = new TextDecoder('utf-8', { fatal: true }).decode(rows);
  return taskFromRows(readRows(text, 'jsonl', { prompt: 'prompt', answer: 'answer' }, name), {
    id,
    heldOut,
    source: { name, sha256: digest },
  });
}

/** An id for the task of a file: its name without the folder and the end. */
export function taskIdOf(fileName: string): string {
  const base = fileName.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  const words = base
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 50)
    .replaceAll(/^-+|-+$/g, '');
  const id = words === '' ? 'data' : words;
  return Object.hasOwn(languageTasks, id) || id === 'custom' ? `${id}-file` : id;
}

/** The characters of texts as an alphabet; where they are too many, a tokenizer that says so to whoever is about to use it. */
function charactersOf(texts: readonly string[], where: string): Pick<LanguageTask, 'alphabet' | 'tokenizer'> {
  const characters = new Set<string>();
  for (const text of texts) for (const character of text) characters.add(character);
  const alone = [...characters].find((character) => /^\p{Cs}$/u.test(character));
  if (alone !== undefined) throw mistake(where, 'whole characters', show(alone), 'write the file as UTF-8');
  if (characters.size <= maxAlphabet) {
    return { alphabet: [...characters].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!).join('') };
  }
  const refuse = (): never => {
    const advice = 'without a pretrained model tokens are characters: name one, or leave out rows in other scripts';
    throw mistake(where, `at most ${maxAlphabet} different characters`, String(characters.size), advice);
  };
  const tokenizer: Tokenizer = {
    get size() {
      return refuse();
    },
    endToken: 0,
    encode: refuse,
    decode: refuse,
  };
  return { tokenizer };
}

/** What begins or ends a mark: a text with one that marks nothing is not taken for an answer as a whole. */
const marks = /\\f?boxed|<\/?answer>|####/;

/** What a completion answers; `undefined` where it tries to mark an answer and fails. */
function answerOf(text: string): string | undefined {
  const marked = extractAnswer(text)?.text;
  if (marked !== undefined || marks.test(text)) return marked;
  return text.trim();
}

/** Whether an answer is right: `undefined` where the verifier cannot judge it. */
function isRight(answer: string, gold: string): boolean | undefined {
  if (answer === gold) return true;
  const { outcome } = verifyAnswer(`<answer>${answer}</answer>`, gold);
  return outcome === 'parseError' ? undefined : outcome === 'right';
}

/** The last number of a text, as people write it: what a model says that was never taught to mark an answer. */
function lastNumber(text: string): string | undefined {
  return text.match(/-?\d[\d,]*(?:\.\d+)?/g)?.at(-1);
}

function problemOfRow({ prompt, answer, solution = answer }: DataRow, isPretrained: boolean): Problem {
  const gold = answerOf(answer) ?? answer.trim();
  return {
    prompt,
    solution,
    reward(completion, ended) {
      const whole = answerOf(completion);
      // A completion that was cut off and marks nothing has not answered, which is clear.
      if (!ended && !marks.test(completion)) return { accuracy: 0, unclear: 0 };
      const right = whole === undefined ? undefined : isRight(whole, gold);
      const last = isPretrained && right !== true && !marks.test(completion) ? lastNumber(completion) : undefined;
      if (last !== undefined) return { accuracy: isRight(last, gold) ? 1 : 0, unclear: 0 };
      return { accuracy: right ? 1 : 0, unclear: right === undefined ? 1 : 0 };
    },
  };
}

function sameAnswer(completion: string, other: string): boolean {
  const [first, second] = [answerOf(completion), answerOf(other)];
  if (first === undefined || second === undefined) return false;
  return isRight(first, second) === true && isRight(second, first) === true;
}
