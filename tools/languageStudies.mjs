/**
 * The table of docs/language-models/method.md on the studies of arXiv 2504.02546, from the tables of experiments/lm-studies/README.md, which are made of raw results.
 *
 *     node tools/languageStudies.mjs
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../experiments/lm-studies/README.md', import.meta.url));
const tasks = ['add-2digit', 'count-shapes'];
const ending = ', at equal progress';

/** The rows of the table, as Markdown: every setting with its sampled accuracy and how it differs from the baseline `alpha`, in points, paired by seed. */
export function renderStudies(page = readFileSync(file, 'utf8')) {
  const cells = page.split('\n').map((line) => line.split('|').map((cell) => cell.trim()));
  const points = (text) => text.replace('−', '-').replace(/\d+\.\d+/, (number) => (100 * Number(number)).toFixed(1));
  const sampledOf = (task, setting) => cells.find(([, target, cell]) => target === task && cell === setting)?.[4];
  const comparedOf = (task, setting) => cells.find(([, cell]) => cell === `${task}, ${setting}`);
  const settings = [...new Set(cells.filter(([, target]) => target === tasks[0]).map(([, , cell]) => cell))];
  // Where every update takes as many completions, the two are the same.
  const differs = (setting) => tasks.some((task) => sampledOf(task, setting) !== sampledOf(task, setting.replace(ending, '')));
  const rows = settings
    .filter((setting) => !setting.endsWith(ending) || differs(setting))
    .map((setting) => {
      const found = tasks.flatMap((task) => {
        const accuracy = points(sampledOf(task, setting).split(' ')[0]);
        const [, , difference = '', , , reading = ''] = comparedOf(task, setting) ?? [];
        const low = difference.match(/−?\d+\.\d+/g) ?? [];
        const shown = low.length === 3 ? `${points(low[0])} (${points(low[1])} to ${points(low[2])})` : '';
        return [`${accuracy} %`, reading.startsWith('**') ? `**${shown}**` : shown];
      });
      return `| ${setting.replace(ending, ', equal completions')} | ${found.join(' | ')} |`;
    });
  return ['| setting | text | difference, points | pictures | difference, points |', '| --- | ---: | ---: | ---: | ---: |', ...rows].join(
    '\n',
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(renderStudies());
