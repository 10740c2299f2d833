/**
 * Writes `README.md` and `curves.svg` of an experiment with a `curves.json`: mean return over the last part of training per cell, curves with bands,
 * and, where two cells are to agree, whether their means are within three standard errors.
 *
 *     node experiments/reportCurves.mjs <name>...        # exits with 1 if two cells that should agree do not
 */
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';

const colors = ['#1f5fbf', '#c2410c', '#15803d', '#7c3aed', '#0891b2', '#a16207'];
const bins = 50;

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const standardError = (values) => {
  if (values.length < 2) return Number.NaN;
  const m = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - m) ** 2, 0) / (values.length - 1) / values.length);
};

/** Episodes of every seed of a cell: [{ seed, episodes: [[globalStep, return], ...] }]. */
async function readCell(folder) {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => /^seed-\d+\.csv$/.test(name));
  const seeds = await Promise.all(
    names.map(async (name) => {
      const rows = (await readFile(new URL(name, folder), 'utf8')).trimEnd().split('\n').slice(1);
      return { seed: Number(name.match(/\d+/)[0]), episodes: rows.map((row) => row.split(',').slice(0, 2).map(Number)) };
    }),
  );
  return seeds.sort((a, b) => a.seed - b.seed);
}

/** Mean over seeds of the mean return of the episodes that ended in each stretch of steps, with its standard error. */
function curve(seeds, totalSteps) {
  return Array.from({ length: bins }, (_, bin) => {
    const [from, to] = [(bin * totalSteps) / bins, ((bin + 1) * totalSteps) / bins];
    const means = seeds
      .map(({ episodes }) => episodes.filter(([step]) => step > from && step <= to).map(([, value]) => value))
      .filter((list) => list.length > 0)
      .map(mean);
    return { step: (from + to) / 2, mean: mean(means), error: means.length > 1 ? standardError(means) : 0 };
  }).filter((point) => Number.isFinite(point.mean));
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

/** One experiment; returns whether the cells that should agree do. */
async function report(name) {
  const here = new URL(`./${name}/`, import.meta.url);
  const {
    title,
    totalSteps,
    tail,
    range,
    cells,
    agree,
    published = [],
    note,
  } = JSON.parse(await readFile(new URL('curves.json', here), 'utf8'));
  const found = [];
  for (const cell of cells) {
    const seeds = await readCell(new URL(`${cell.folder}/`, here));
    if (seeds.length === 0) continue;
    const end = cell.totalSteps ?? totalSteps;
    const last = seeds.map(({ episodes }) => mean(episodes.filter(([step]) => step > end - tail).map(([, value]) => value)));
    const versions = JSON.parse(await readFile(new URL(`${cell.folder}/versions.json`, here), 'utf8'));
    found.push({ ...cell, seeds, last, versions, points: curve(seeds, end) });
  }
  const number = (value, digits = 1) => (Number.isFinite(value) ? value.toFixed(digits) : '–');
  const out = [
    `# ${title}`,
    '',
    `Generated by \`node experiments/reportCurves.mjs ${name}\` from the raw files in this folder; do not edit.`,
    '',
  ];
  if (note) out.push(note, '');
  out.push(`Mean return of the training episodes that ended in the last ${steps(tail)} steps; ± is the standard error over seeds.`, '');
  out.push('| | seeds | steps | return | by seed |', '| --- | --- | --- | --- | --- |');
  for (const cell of found) {
    const value = `${number(mean(cell.last))} ± ${number(standardError(cell.last))}`;
    out.push(
      `| ${cell.name} | ${cell.seeds.length} | ${steps(cell.totalSteps ?? totalSteps)} | ${value} | ${cell.last.map((one) => number(one, 0)).join(', ')} |`,
    );
  }
  for (const row of published)
    out.push(`| published: ${row.name} | ${row.seeds ?? ''} | ${row.steps ?? ''} | ${row.return} | ${row.note ?? ''} |`);
  out.push('');
  let within = true;
  if (agree) {
    const [a, b] = agree.map((one) => found.find((cell) => cell.folder === one));
    if (a && b) {
      const difference = mean(a.last) - mean(b.last);
      const error = Math.hypot(standardError(a.last), standardError(b.last));
      within = Math.abs(difference) <= 3 * error;
      const verdict = within ? 'within' : '**not within**';
      out.push(
        `Difference of ${a.name} and ${b.name}: ${number(difference)}, standard error of the difference ${number(error)}: ${verdict} three standard errors.`,
        '',
      );
    }
  }
  out.push('![curves](curves.svg)', '');
  out.push(
    `The bands are one standard error over seeds, the curves the mean return of the episodes that ended in each of ${bins} stretches of steps.`,
    '',
  );
  for (const cell of found) {
    const { versions } = cell;
    if (cell.arguments) {
      const rates = Object.values(versions.runs).flatMap((run) => run.stepsPerSecond ?? []);
      const speed = rates.length > 0 ? `; ${Math.round(mean(rates))} steps/s in the runs themselves, other work on the machine` : '';
      const command = `\`cohort-rl train ${cell.arguments.join(' ')}\` (\`node experiments/runCurves.mjs ${name} --cell ${cell.folder}\`)`;
      out.push(`- ${cell.name}: ${command}, cohort-rl ${versions['cohort-rl']}, Node ${versions.node}, ${versions.machine}${speed}.`);
    } else {
      const list = Object.entries(versions.versions).map(([key, value]) => `${key} ${value}`);
      out.push(`- ${cell.name}: ${cell.command ? `\`${cell.command}\`, ` : ''}${list.join(', ')}.`);
    }
  }
  await writeFile(new URL('README.md', here), `${out.join('\n')}\n`);
  await writeFile(new URL('curves.svg', here), svg(title, found, Math.max(...found.map((cell) => cell.totalSteps ?? totalSteps)), range));
  console.log(out.join('\n'));
  return within;
}

const names = process.argv.slice(2);
if (names.length === 0) {
  console.error(
    'reportCurves.mjs: expected the names of experiments, got none; name folders with a curves.json, for example lunarlander-ppo',
  );
  process.exit(2);
}
for (const name of names) if (!(await report(name))) process.exitCode = 1;
