/**
 * Curves of sampled accuracy over rollouts or updates, one line per method, as SVG.
 */
import { mean, meanInterval } from '../dist/statistics.js';

const colors = ['#1f5fbf', '#c2410c', '#15803d', '#7c3aed', '#0891b2', '#a16207', '#be185d', '#475569'];
const points = 60;

/** Value of a curve [[x, y], ...] at `x` between its points; undefined beyond them. */
function at(curve, x) {
  const after = curve.findIndex(([other]) => other >= x);
  if (after < 0) return undefined;
  if (after === 0) return curve[0][0] > x ? undefined : curve[0][1];
  const [[x0, y0], [x1, y1]] = [curve[after - 1], curve[after]];
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0);
}

/** Mean over seeds, with its interval, wherever every seed has a value. */
function average(curves, last) {
  const grid = Array.from({ length: points + 1 }, (_, i) => (last * i) / points);
  return grid.flatMap((x) => {
    const values = curves.map((curve) => at(curve, x));
    if (values.length === 0 || values.includes(undefined)) return [];
    const y = mean(values);
    // One seed has no interval, and no band.
    return [{ x, y, half: (meanInterval(values)?.high ?? y) - y }];
  });
}

/** About `count` round numbers from 0 to `high`. */
function ticks(high, count) {
  const rough = high / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough);
  return Array.from({ length: Math.floor(high / step + 1e-9) + 1 }, (_, i) => i * step);
}

/**
 * `series`: [{ name, curves: [[[x, y], ...] per seed], isBaseline }]; the baseline has a band, its 95 % interval over seeds. `last`: the end of the x axis.
 */
export function drawCurves({ title, xTitle, yTitle, series, last }) {
  const shown = series.map((one) => ({ ...one, line: average(one.curves, last) })).filter(({ line }) => line.length > 1);
  const [width, height, left, top, right, bottom] = [950, 440, 60, 28, 300, 44];
  const highest = Math.max(0.1, ...shown.flatMap(({ line }) => line.map(({ y, half }) => y + half)));
  const high = Math.min(1, Math.ceil(highest * 10) / 10);
  const x = (value) => (left + ((width - left - right) * value) / last).toFixed(1);
  const y = (value) => (height - bottom - ((height - top - bottom) * Math.min(high, Math.max(0, value))) / high).toFixed(1);
  const text = (content) => content.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  const parts = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="13">`];
  parts.push(`<title>${text(title)}</title>`, `<rect width="${width}" height="${height}" fill="#ffffff"/>`);
  for (const value of ticks(high, 6)) {
    const label = `<text x="${left - 8}" y="${Number(y(value)) + 4}" text-anchor="end">${Number(value.toFixed(2))}</text>`;
    parts.push(`<path d="M${left} ${y(value)}H${width - right}" stroke="#dddddd"/>${label}`);
  }
  for (const value of ticks(last, 6)) {
    const label = value >= 10_000 ? `${value / 1000}k` : String(value);
    parts.push(`<text x="${x(value)}" y="${height - bottom + 18}" text-anchor="middle">${label}</text>`);
  }
  parts.push(`<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${text(xTitle)}</text>`);
  parts.push(`<text x="${left}" y="18">${text(yTitle)}</text>`);
  shown.forEach(({ name, line, isBaseline }, i) => {
    const color = colors[i % colors.length];
    const dash = i < colors.length ? '' : ' stroke-dasharray="6 3"';
    const stroke = isBaseline ? 3 : 1.6;
    if (isBaseline) {
      const edge = (sign) => line.map((point) => `${x(point.x)} ${y(point.y + sign * point.half)}`);
      parts.push(`<path d="M${[...edge(1), ...edge(-1).reverse()].join('L')}Z" fill="${color}" fill-opacity="0.15"/>`);
    }
    const path = line.map((point) => `${x(point.x)} ${y(point.y)}`).join('L');
    parts.push(`<path d="M${path}" fill="none" stroke="${color}" stroke-width="${stroke}"${dash}/>`);
    const row = top + 14 + 20 * i;
    const key = `<path d="M${width - right + 14} ${row}h24" stroke="${color}" stroke-width="${stroke}"${dash}/>`;
    parts.push(`${key}<text x="${width - right + 46}" y="${row + 4}">${text(name)}</text>`);
  });
  return `${parts.join('\n')}\n</svg>\n`;
}

/** The mean over the points of all curves of a metric that may be missing. */
export const meanOf = (curves, name) => {
  const values = curves.flatMap((curve) => curve.map((point) => point[name]).filter((value) => typeof value === 'number'));
  return values.length > 0 ? mean(values) : undefined;
};
