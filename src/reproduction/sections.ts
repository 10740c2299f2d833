/**
 * The rerun of arXiv 2510.03679 as sections of a report: the table with a verdict per cell, the figures, a verdict per claim, and the readings.
 */
import { cellsOfMatrix } from '../experiments/matrix.ts';
import { finalScores, type PolicyKind } from '../experiments/result.ts';
import { spreadReadings } from '../experiments/verdict.ts';
import type { Chart, Section } from '../report/document.ts';
import { formatCount, formatValue, nothing } from '../report/numbers.ts';
import { numberCell, type Table, type TableCell } from '../report/table.ts';
import { binningClaims, type Claim, groupSizeClaims, judgeClaims, tableClaims } from './claims.ts';
import { binnings, tunedPpo } from './matrices.ts';
import { groupSizes, source } from './published.ts';
import { readings, scoreReadings } from './readings.ts';
import { countVerdicts, differenceText, meanText, type ReproductionResults, tableRows } from './results.ts';

/** Charts that were drawn, by the name of their figure; none where nothing can draw. */
export type DrawnFigures = ReadonlyMap<string, Chart>;

/** A table of texts; columns whose number is listed stand on the right. */
function textTable(titles: readonly string[], rows: readonly (readonly TableCell[])[], numeric: readonly number[] = []): Table {
  return { columns: titles.map((title, index) => ({ title, align: numeric.includes(index) ? 'right' : 'left' })), rows };
}

const chartsOf = (figures: DrawnFigures, ...names: readonly string[]): Chart[] => names.flatMap((name) => figures.get(name) ?? []);

const rule =
  'The rules were stated before the runs (docs/log.md, 2026-11-28). The interval is Welch’s 95 % interval of ours minus published. The paper does not say ' +
  'what stands behind its ±: the first difference takes it as the standard deviation of four seeds, the second as the standard error of their mean.';

function tableSection(results: ReproductionResults, figures: DrawnFigures): Section {
  const rows = tableRows(results);
  const counts = spreadReadings.map((reading, index) => {
    const count = countVerdicts(rows, index);
    return `± as a ${reading}: ${count.agrees} cells agree, ${count.differs} differ, ${count['cannot tell']} cannot be told.`;
  });
  const titles = [
    'task',
    'N',
    'algorithm',
    'published',
    'seeds',
    'ours, sampled',
    'ours, greedy',
    'difference (± as SD)',
    'verdict',
    'difference (± as SE)',
    'verdict',
  ];
  return {
    title: 'Table 1: mean return after 200 iterations',
    paragraphs: [
      `Published: ${source}. Ours: the last evaluation of each seed, 20 episodes, mean over seeds with Student’s 95 % interval. Verdicts are of the sampled policy.`,
      rule,
      ...counts,
      'PPO’s cells (*) chose the reading of the paper’s open settings, on other seeds: see below.',
    ],
    charts: chartsOf(figures, 'table1'),
    table: textTable(
      titles,
      rows.map(({ task, numEnvs, algorithm, published, seeds, sampled, greedy, verdicts }) => [
        task,
        { text: String(numEnvs), sort: numEnvs },
        algorithm === 'ppo' ? 'ppo *' : algorithm,
        published,
        { text: String(seeds), sort: seeds },
        sampled,
        greedy,
        ...verdicts.flatMap(({ difference, verdict }) => [difference, { text: verdict, strong: verdict === 'differs' }]),
      ]),
      [1, 3, 4, 5, 6, 7, 9],
    ),
  };
}

function curveSections(figures: DrawnFigures, ...names: readonly string[]): Section[] {
  const charts = chartsOf(figures, ...names);
  return charts.length > 0 ? [{ title: 'Learning curves', charts }] : [];
}

function claimSection(title: string, claims: readonly Claim[], { runsOf }: ReproductionResults): Section {
  const judged = judgeClaims(claims, runsOf, 'sampled');
  return {
    title,
    paragraphs: [
      'Sampled returns. A claim is confirmed where the 95 % interval of its comparison lies above 0, contradicted where it lies below.',
    ],
    table: textTable(
      ['claim', 'source', 'comparison', 'difference [95 %]', 'verdict'],
      judged.map(({ claim, difference, verdict }) => [
        claim.text,
        claim.source,
        claim.comparison,
        difference ? differenceText(difference) : nothing,
        { text: verdict, strong: verdict === 'confirmed' || verdict === 'contradicted' },
      ]),
      [3],
    ),
  };
}

function binningSection({ runsOf }: ReproductionResults, figures: DrawnFigures): Section {
  return {
    title: 'Figure 4: binnings on LunarLander-v3',
    paragraphs: [
      'GPG, sampled return after 200 iterations, mean over seeds with its 95 % interval. The paper gives no numbers for its figure.',
    ],
    charts: chartsOf(figures, 'fig4'),
    table: textTable(
      ['bins', ...groupSizes.map((numEnvs) => `N = ${numEnvs}`)],
      Object.keys(binnings).map((binning) => [
        binning,
        ...groupSizes.map((numEnvs) =>
          meanText(finalScores(runsOf({ env: 'LunarLander-v3', method: 'gpg', numEnvs, binning }), 'sampled')),
        ),
      ]),
      groupSizes.map((_, index) => index + 1),
    ),
  };
}

function readingSection({ byCell }: ReproductionResults, kind: PolicyKind): Section {
  return {
    title: `Readings of what the paper leaves open, ${kind} evaluation`,
    paragraphs: [
      `PPO on seeds ${readings.seeds} (four of them on CartPole), which no table uses. The score is the root mean square of ours minus published over the cells shown, in units of the task’s largest published PPO cell; the lowest wins. Two readings are compared over the cells that both have, hence the last column; the chosen ones, which are --recipe paper, are bold.`,
    ],
    table: textTable(
      ['task', 'decides', 'reading', 'ours (published) by N', 'score', 'score of the chosen one, same N'],
      scoreReadings(byCell, kind).map(({ reading, cells, score, chosenScore }) => [
        reading.env,
        reading.step,
        { text: reading.name, strong: reading.isChosen === true },
        cells.map(({ numEnvs, ours, published }) => `${numEnvs}: ${formatValue(ours, 1)} (${formatValue(published, 1)})`).join('; '),
        numberCell(formatValue(score, 3), score),
        numberCell(formatValue(chosenScore, 3), chosenScore),
      ]),
      [4, 5],
    ),
  };
}

function tunedSection({ byCell }: ReproductionResults): Section {
  return {
    title: 'PPO as others tuned it',
    paragraphs: ['So that nobody takes the paper’s baseline for the best PPO. Steps are those of the settings, not those of the table.'],
    table: textTable(
      ['settings', 'seeds', 'steps', 'sampled', 'greedy'],
      cellsOfMatrix(tunedPpo).map(({ name }) => {
        const runs = byCell.get(name) ?? [];
        return [
          name,
          String(runs.length),
          formatCount(runs[0]?.progress.count),
          meanText(finalScores(runs, 'sampled')),
          meanText(finalScores(runs, 'greedy')),
        ];
      }),
      [1, 2, 3, 4],
    ),
  };
}

const tableName = 'Claims about the table';
const sizesName = 'Group size: two papers that say the opposite, on the same runs';

/** The figures that belong to a reproduction, by name. */
export function figureNames(name: string): string[] {
  const own: Readonly<Record<string, readonly string[]>> = {
    table1: ['table1'],
    fig2: ['fig2'],
    fig3: ['fig3'],
    fig4: ['fig4'],
    all: ['table1', 'fig2', 'fig3', 'fig4'],
  };
  return [...(own[name] ?? [])];
}

/** The sections of a reproduction: `table1`, `fig2`, `fig3`, `fig4`, `tuned-ppo`, `readings` or `all`. */
export function reproductionSections(name: string, results: ReproductionResults, figures: DrawnFigures = new Map()): Section[] {
  const ofTable = (): Section[] => [
    tableSection(results, figures),
    claimSection(tableName, tableClaims, results),
    claimSection(sizesName, groupSizeClaims, results),
  ];
  const ofBinnings = (): Section[] => [binningSection(results, figures), claimSection('Claims about Figure 4', binningClaims, results)];
  const ofReadings = (): Section[] => [readingSection(results, 'sampled'), readingSection(results, 'greedy')];
  switch (name) {
    case 'fig2':
    case 'fig3':
      return [...curveSections(figures, name), ...ofTable()];
    case 'fig4':
      return ofBinnings();
    case 'readings':
      return ofReadings();
    case 'tuned-ppo':
      return [tunedSection(results)];
    case 'all':
      return [...ofTable(), ...curveSections(figures, 'fig2', 'fig3'), ...ofBinnings(), tunedSection(results), ...ofReadings()];
    default:
      return ofTable();
  }
}
