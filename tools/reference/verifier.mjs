/** docs/reference/verifier.md, from the data of the verifier's tests. */
import { readFileSync } from 'node:fs';
import { code, list, page, prose, table } from './markdown.mjs';

const root = new URL('../../', import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

/** Examples of a cell of the table of kinds. */
const maxExamples = 5;
/** Characters of a case that are shown. */
const maxCharacters = 90;

const boxed = (answer) => (answer.includes('\\boxed') ? answer : `\\boxed{${answer}}`);

function example([answer, gold]) {
  // Backquotes end code; dollars and bars are plain in it.
  return `${code(answer)} / ${code(String(gold))}`;
}

function kindRows(kinds) {
  return Object.entries(kinds).map(([kind, rows]) => [
    kind,
    ...['right', 'wrong', 'unclear'].map((outcome) =>
      rows
        .filter((row) => row[2] === outcome)
        .slice(0, maxExamples)
        .map(example)
        .join('; '),
    ),
  ]);
}

/** The verdict on a case of Math-Verify. */
function outcomeOf(verify, { prediction, formula, gold }) {
  return verify(formula === undefined ? prediction : boxed(formula), gold).outcome;
}

function shortened(text) {
  return text.length > maxCharacters ? `${text.slice(0, maxCharacters)}...` : text;
}

/** Counts of the cases of Math-Verify by category, and in all. */
function peerRows(cases, verifiers) {
  const categories = [...new Set(cases.map(({ category }) => category))].sort();
  const rowOf = (name, chosen) => {
    const right = chosen.filter(({ expected }) => expected);
    const wrong = chosen.filter(({ expected }) => !expected);
    const count = (verify, group, outcome) => group.filter((each) => outcomeOf(verify, each) === outcome).length;
    const [first, second] = verifiers;
    return [
      name,
      right.length,
      count(first, right, 'right'),
      count(second, right, 'right'),
      count(first, right, 'wrong') + count(second, right, 'wrong'),
      wrong.length,
      count(first, wrong, 'wrong'),
      count(second, wrong, 'wrong'),
      count(first, wrong, 'right') + count(second, wrong, 'right'),
    ];
  };
  return [
    ...categories.map((category) =>
      rowOf(
        category,
        cases.filter((each) => each.category === category),
      ),
    ),
    rowOf('**all**', cases),
  ];
}

/** Cases in words, the same ones once. */
function itemsOf(cases, write = () => '') {
  const texts = cases.map((each) => `${code(each.formula ?? shortened(each.prediction))} for ${code(shortened(each.gold))}${write(each)}`);
  const counts = new Map();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].map(([text, times]) => (times > 1 ? `${text} (${times} times)` : text));
}

/** The cases that should be right and are not. */
function unclearOf(cases, verify) {
  return cases.filter((each) => each.expected && outcomeOf(verify, each) !== 'right');
}

function unitRows(units) {
  const measures = [...units].filter(([measure, names]) => names.length > 1 || !names.includes(measure));
  const counted = [...units].filter(([measure, names]) => names.length === 1 && names[0] === measure).map(([name]) => name);
  return [measures.map(([measure, names]) => [measure, names.join(', ')]), counted];
}

/** Right, wrong and unclear of pairs. */
function tally(pairs, verify) {
  const counts = { right: 0, wrong: 0, parseError: 0 };
  for (const [answer, gold] of pairs) counts[verify(boxed(answer), gold).outcome]++;
  return `${counts.right} / ${counts.wrong} / ${counts.parseError}`;
}

/** `verifiers` are the first tier and the second; `writings` and `others` pairs of MATH-500. */
export function renderVerifier({ listUnits, verifyAnswer, verifyWithAlgebra, writingsOf, otherAnswers }) {
  const kinds = read('test/lm/verifier/kinds.json');
  const cases = read('test/fixtures/verifier/mathVerify.json');
  const golds = read('test/fixtures/verifier/math500.json');
  const peer = read('test/fixtures/verifier/mathVerifyFigures.json');
  const sets = read('test/fixtures/verifier/golds.json');
  const adversarial = read('test/lm/verifier/adversarial.json').map(([, answer, gold]) => [answer, gold]);
  const writings = golds.flatMap((gold) => writingsOf(gold).map(([, text]) => [text, gold]));
  const others = golds.flatMap((gold, i) => otherAnswers(golds, i).map((answer) => [answer, gold]));
  const sure = cases.filter(({ doubtful }) => !doubtful);
  const [measures, counted] = unitRows(listUnits());
  const pairRow = (name, pairs, theirs) => [
    name,
    pairs.length,
    tally(pairs, verifyAnswer),
    tally(pairs, verifyWithAlgebra),
    `${theirs.True ?? 0} / ${pairs.length - (theirs.True ?? 0)}`,
  ];
  return page('The verifier of mathematics', [
    prose(
      'What `verifyAnswer` compares and what it refuses, made of the data of its tests. An outcome is right, wrong or unclear (`parseError`). See ' +
        '[how to use it](../language-models/verifier.md).',
    ),
    '## By kind',
    prose('Answer (in a box) / right answer, in the first tier.'),
    table(['kind', 'right', 'wrong', 'unclear'], kindRows(kinds)),
    '## Pairs',
    prose(
      `Right / wrong / unclear. Math-Verify ${peer.version} on the same pairs (answer and right answer each in a box): right / not. Other quantities are ` +
        'pairs written to be refused before the verifier was looked at; the golds of MATH-500 in 13 harmless rewritings should be right; another ' +
        "problem's gold, and a gold with its last digit changed, should not.",
    ),
    table(
      ['pairs', 'n', 'first tier', 'with algebra', 'Math-Verify'],
      [
        pairRow('other quantities', adversarial, peer.adversarial),
        pairRow('MATH-500, other writings', writings, peer.writings),
        pairRow('MATH-500, another answer', others, peer.others),
      ],
    ),
    "## Math-Verify's cases",
    prose(
      'The parametrised tests of Math-Verify 0.9.0, all of which it passes itself. A prediction without a mark is given in a box. `labelled right` are ' +
        'expected right; of them `right` in the first tier and with algebra. What is neither right nor wrong is unclear.',
    ),
    table(
      ['category', 'labelled right', 'right', 'right with algebra', 'wrong', 'labelled wrong', 'wrong', 'wrong with algebra', 'right'],
      peerRows(sure, [verifyAnswer, verifyWithAlgebra]),
    ),
    prose(`Labelled right and unclear with algebra, too: ${itemsOf(unclearOf(sure, verifyWithAlgebra)).join('; ')}.`),
    prose(
      `Not counted, because the label is doubtful: ${itemsOf(
        cases.filter(({ doubtful }) => doubtful),
        ({ expected }) => `, labelled ${expected ? 'right' : 'wrong'}`,
      ).join('; ')}.`,
    ),
    '## Right answers of benchmark sets',
    prose(
      'How the right answers of public sets are read (hkust-nlp/simpleRL-reason; CHAMP of the Python package champ-dataset; counted by ' +
        '`tools/countGolds.mjs`): as values (numbers, words, and tuples and sets of them), as formulas that other writings can equal, only in the same writing, not even against themselves.',
    ),
    table(
      ['set', 'golds', 'value', 'formula', 'same writing', 'refused'],
      sets.map((row) => [row.set, row.golds, row.value, row.formula, row.writing, row.refused]),
    ),
    '## Units',
    prose(
      'The closed list. Units of one line are converted into each other; two of different lines are unclear; one on one side only is ignored. Plurals, ' +
        '`square`, `cubic`, powers, `per` and `/` are understood. A single letter counts only upright, in `\\text{}` or `\\mathrm{}`.',
    ),
    table(['measure', 'units'], measures),
    prose(`Nouns that are counted, each a unit of its own: ${counted.join(', ')}.`),
    list(['A word that is not here is no unit: `5 dozen`, `5 xy` and `5 factorial` are not 5.']),
  ]);
}
