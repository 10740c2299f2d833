/**
 * Writes `README.md` and `curves.svg` of the experiments with a `curves.json`: mean return over the last part of training per cell, curves with bands,
 * and, where two cells are to agree, whether their means are within three standard errors.
 *
 *     npm run build && node experiments/reportCurves.mjs        # exits with 1 if two cells that should agree do not
 */
import { mean, standardError, welchDifference } from '../dist/statistics.js';
import { experimentsWith, pageOf, readFiles, readJson, writeIfMain } from '../tools/pages.mjs';

const colors = ['#1f5fbf', '#c2410c', '#15803d', '#7c3aed', '#0891b2', '#a16207'];
const bins = 50;

/** Episodes of every seed of a cell: [{ seed, episodes: [[globalStep, return], ...] }]. */
function readCell(files, folder) {
  const seeds = Object.keys(files).flatMap((path) => {
    const seed = path.startsWith(folder) && path.slice(folder.length).match(/^seed-(\d+)\.csv$/)?.[1];
    if (!seed) return [];
    const rows = files[path].trimEnd().split('\n').slice(1);
    return [{ seed: Number(seed), episodes: rows.map((row) => row.split(',').slice(0, 2).map(Number)) }];
  });
  return seeds.sort((a, b) => a.seed - b.seed);
}

/** Mean over seeds of the mean return of the episodes that ended in each stretch of steps, with its standard error; where any ended. */
function curve(seeds, totalSteps) {
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [(bin * totalSteps) / bins, ((bin + 1) * totalSteps) / bins];
    const means = seeds
      .map(({ episodes }) => episodes.filter(([step]) => step > from && step <= to).map(([, value]) => value))
      .filter((list) => list.length > 0)
      .map(mean);
    return { step: (from + to) / 2, means };
  })
    .filter(({ means }) => means.length > 0)
    .map(({ step, means }) => ({ step, mean: mean(means), error: standardError(means) ?? 0 }));
}

/** About five round numbers from low to high. */
function ticks(low, high) {
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  const first = Math.ceil(low / step) * step;
  return Array.from({ length: Math.floor((high - first) / step) + 1 }, (_, i) => first + i * step);
}

const steps = (value) => (value >= 1e6 ? `${Number((value / 1e6).toFixed(1))}M` : `${Math.round(value / 1000)}k`);

function svg(title, curves, totalSteps, [low, high]) {
  const [width, height, left, top, right, bottom] = [720, 400, 64, 24, 16, 44];
  const x = (step) => left + ((width - left - right) * step) / totalSteps;
  const y = (value) => height - bottom - ((height - top - bottom) * (Math.min(high, Math.max(low, value)) - low)) / (high - low);
  const parts = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`];
  parts.push(`<title>${title}</title>`, `<rect width="${width}" height="${height}" fill="#ffffff"/>`);
  for (const value of ticks(low, high)) {
    const label = `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${value}</text>`;
    parts.push(`<path d="M${left} ${y(value)}H${width - right}" stroke="#dddddd"/>${label}`);
  }
  for (const step of ticks(0, totalSteps)) {
    parts.push(`<text x="${x(step)}" y="${height - bottom + 18}" text-anchor="middle">${steps(step)}</text>`);
  }
  parts.push(`<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">environment steps</text>`);
  curves.forEach(({ name, points }, i) => {
    const color = colors[i % colors.length];
    const edge = (sign) => points.map(({ step, mean: m, error }) => `${x(step).toFixed(1)} ${y(m + sign * error).toFixed(1)}`);
    const line = points.map(({ step, mean: m }) => `${x(step).toFixed(1)} ${y(m).toFixed(1)}`).join('L');
    parts.push(`<path d="M${[...edge(1), ...edge(-1).reverse()].join('L')}Z" fill="${color}" fill-opacity="0.2"/>`);
    parts.push(`<path d="M${line}" fill="none" stroke="${color}" stroke-width="2"/>`);
    const at = top + 14 + 20 * i;
    parts.push(`<path d="M${left + 16} ${at}h24" stroke="${color}" stroke-width="3"/><text x="${left + 48}" y="${at + 4}">${name}</text>`);
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** The cells of an experiment that have been run. */
function readCells(files, name, { cells, totalSteps, tail }) {
  return cells.flatMap((cell) => {
    const folder = `experiments/${name}/${cell.folder}/`;
    const seeds = readCell(files, folder);
    if (seeds.length === 0) return [];
    const end = cell.totalSteps ?? totalSteps;
    const last = seeds.map(({ episodes }) => mean(episodes.filter(([step]) => step > end - tail).map(([, value]) => value)));
    return [{ ...cell, end, seeds, last, versions: readJson(files, `${folder}versions.json`), points: curve(seeds, end) }];
  });
}

/** Cells a and b, if two are to agree and both have been run, with the difference of their means. */
function compare({ agree }, found) {
  const [a, b] = (agree ?? []).map((folder) => found.find((cell) => cell.folder === folder));
  const difference = a && b && welchDifference(a.last, b.last);
  return difference ? { a, b, difference, within: Math.abs(difference.estimate) <= 3 * difference.standardError } : undefined;
}

const number = (value, digits = 1) => (value === null ? '–' : value.toFixed(digits));

/** Where a cell comes from: the command and the versions. */
function provenance(name, { name: title, folder, arguments: words, command, versions }) {
  if (!words) {
    const list = Object.entries(versions.versions).map(([key, value]) => `${key} ${value}`);
    return `- ${title}: ${command ? `\`${command}\`, ` : ''}${list.join(', ')}.`;
  }
  const rates = Object.values(versions.runs).flatMap((run) => run.stepsPerSecond ?? []);
  const speed = rates.length > 0 ? `; ${Math.round(mean(rates))} steps/s in the runs themselves, other work on the machine` : '';
  const said = `\`cohort-rl train ${words.join(' ')}\` (\`node experiments/runCurves.mjs ${name} --cell ${folder}\`)`;
  return `- ${title}: ${said}, cohort-rl ${versions['cohort-rl']}, Node ${versions.node}, ${versions.machine}${speed}.`;
}

/** README.md and curves.svg of one experiment. */
function render(files, name) {
  const settings = readJson(files, `experiments/${name}/curves.json`);
  const { title, tail, range, published = [], note } = settings;
  const found = readCells(files, name, settings);
  const out = [`# ${title}`, '', `Generated by \`node experiments/reportCurves.mjs\` from the raw files in this folder; do not edit.`, ''];
  if (note) out.push(note, '');
  out.push(`Mean return of the training episodes that ended in the last ${steps(tail)} steps; ± is the standard error over seeds.`, '');
  out.push('| | seeds | steps | return | by seed |', '| --- | --- | --- | --- | --- |');
  for (const cell of found) {
    const value = `${number(mean(cell.last))} ± ${number(standardError(cell.last))}`;
    const each = cell.last.map((one) => number(one, 0)).join(', ');
    out.push(`| ${cell.name} | ${cell.seeds.length} | ${steps(cell.end)} | ${value} | ${each} |`);
  }
  for (const row of published)
    out.push(`| published: ${row.name} | ${row.seeds ?? ''} | ${row.steps ?? ''} | ${row.return} | ${row.note ?? ''} |`);
  out.push('');
  const comparison = compare(settings, found);
  if (comparison) {
    const { a, b, difference, within } = comparison;
    out.push(
      `Difference of ${a.name} and ${b.name}: ${number(difference.estimate)}, standard error of the difference ${number(difference.standardError)}: ${within ? 'within' : '**not within**'} three standard errors.`,
      '',
    );
  }
  out.push('![curves](curves.svg)', '');
  out.push(
    `The bands are one standard error over seeds, the curves the mean return of the episodes that ended in each of ${bins} stretches of steps.`,
    '',
    ...found.map((cell) => provenance(name, cell)),
  );
  return {
    [`experiments/${name}/README.md`]: pageOf(out),
    [`experiments/${name}/curves.svg`]: svg(title, found, Math.max(...found.map(({ end }) => end)), range),
  };
}

/** README.md and curves.svg of every experiment with a curves.json. */
export function renderCurves(files) {
  return Object.assign({}, ...experimentsWith(files, 'curves.json').map((name) => render(files, name)));
}

writeIfMain(import.meta.url, () => {
  const pages = renderCurves(readFiles('experiments'));
  const apart = Object.keys(pages).filter((path) => pages[path].includes('**not within** three standard errors'));
  if (apart.length > 0) {
    console.error(
      `reportCurves.mjs: expected cells that agree, got means further apart than three standard errors; see ${apart.join(', ')}`,
    );
    process.exitCode = 1;
  }
  return pages;
});
