/**
 * Counts how the verifier reads the right answers of public benchmark sets, which are not part of this repository, and writes
 * test/fixtures/verifier/golds.json for docs/reference/verifier.md.
 *
 *     node tools/countGolds.mjs simpleRL-reason/examples/simplelr_math_eval/data champ_dataset/dataset_files/v0.json
 *
 * The second file is of the Python package champ-dataset 1.0.0 (MIT).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLibrary } from './docs.mjs';

const [folder, champ] = process.argv.slice(2);
if (!folder || !champ) {
  console.error(
    'countGolds: expected the paths of data/ of hkust-nlp/simpleRL-reason and of v0.json of champ-dataset, got fewer; fetch both and give the paths',
  );
  process.exit(2);
}
const root = new URL('..', import.meta.url).pathname;
const { extractAnswer, readAnswer, verifyAnswer } = await loadLibrary(root);

/** The field of a line that holds the right answer, by set. */
const goldOf = {
  math500: ({ answer }) => answer,
  aime24: ({ answer }) => answer,
  amc23: ({ answer }) => answer,
  svamp: ({ Answer }) => Answer,
  mawps: ({ target }) => target,
  asdiv: ({ answer }) => answer,
  olympiadbench: ({ final_answer: [first] }) => first,
  minerva_math: ({ solution }) => extractAnswer(solution)?.text ?? '',
  gaokao2023en: ({ answer }) => answer,
  college_math: ({ answer }) => answer,
};

/** Whether an answer is numbers, words and what is made of them. */
function isValue(answer) {
  if (answer.kind === 'number' || answer.kind === 'words' || answer.kind === 'choice') return true;
  if (answer.kind === 'matrix') return answer.rows.flat().every(isValue);
  return answer.elements?.every(isValue) ?? false;
}

function isFormula(answer) {
  if (answer.kind === 'expression') return answer.tree !== undefined;
  if (answer.kind === 'relation') return answer.sides.every(Boolean);
  const parts = answer.rows?.flat() ?? answer.elements;
  return parts ? parts.every((part) => isValue(part) || isFormula(part)) : isValue(answer);
}

const rows = Object.entries(goldOf).map(([set, gold]) => {
  const lines = readFileSync(join(folder, set, 'test.jsonl'), 'utf8').split('\n');
  return counted(
    set,
    lines.filter((line) => line.trim() !== '').map((line) => gold(JSON.parse(line))),
  );
});
const problems = Object.values(JSON.parse(readFileSync(champ, 'utf8')).problems);
rows.push(
  counted(
    'champ',
    problems.map(({ _answer }) => _answer),
  ),
);

/** How the right answers of a set are read. */
function counted(set, golds) {
  const counts = { set, golds: golds.length, value: 0, formula: 0, writing: 0, refused: 0 };
  for (const each of golds) {
    const answer = readAnswer(each);
    if (!answer || verifyAnswer(`<answer>${each}</answer>`, each).outcome !== 'right') {
      counts.refused++;
      if (process.env.VERBOSE) console.error(set, JSON.stringify(each));
    } else counts[isValue(answer) ? 'value' : isFormula(answer) ? 'formula' : 'writing']++;
  }
  return counts;
}
console.table(rows);
writeFileSync(join(root, 'test/fixtures/verifier/golds.json'), `[\n${rows.map((row) => `  ${JSON.stringify(row)}`).join(',\n')}\n]\n`);
