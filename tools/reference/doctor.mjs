/** docs/reference/doctor.md. */
import { code, page, prose, table } from './markdown.mjs';

const roads = { environments: 'environments', 'language-models': 'language models' };

/** Flags and metrics as code. */
const withCode = (text) =>
  text.replaceAll(/(?<![\w`])(--[a-z-]+|(?:losses|group|charts|advantage|completions|reward)\/\w+)/g, (word) => code(word));
const sentence = (text) => `${withCode(text[0].toUpperCase() + text.slice(1))}.`;

export function renderDoctor({ rules, showLimit, leastIterations, windowLength }) {
  const blocks = [
    prose(
      `\`cohort-rl doctor <run>\` applies these rules to the metrics of a run, and \`train\` says one sentence while it runs, at iteration ${windowLength} at the earliest. ` +
        `A rule looks at the last ${windowLength} iterations, and speaks of ${leastIterations} or more. An environment counts as solved from its threshold less a tenth; ` +
        'where it has none, a run that is better than at first counts as well; a language model, from nine right answers in ten.',
    ),
    prose(
      'The exit code is 0 where nothing was found and 1 where something was, as of a linter, or where the run cannot be read; `--json` writes one line per seed. Limits that are own choices ' +
        'are silent on 21 runs that learn (`test/fixtures/doctor/runs.json`), after each iteration that is kept of them, and every rule is shown by a run that has its illness.',
    ),
    table(
      ['rule', 'runs on', 'measured', 'ill', 'where the limit is from'],
      rules.map((rule) => [
        code(rule.name),
        rule.roads.map((road) => roads[road]).join(', '),
        withCode(rule.measured),
        showLimit(rule),
        withCode(rule.source),
      ]),
    ),
    ...rules.flatMap(({ name, meaning, advice }) => [`## ${name}`, prose(sentence(meaning)), prose(`Try: ${withCode(advice)}.`)]),
  ];
  return page('What the doctor looks for', blocks);
}
