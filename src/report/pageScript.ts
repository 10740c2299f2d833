/**
 * The script of a report page: headings that sort, and the point of a curve that is nearest to the pointer. The page is whole without it. It runs in
 * readers' browsers as it stands, so it is plain JavaScript; it reads `#data` and builds elements from text only, never from markup.
 */
export const pageScript: string = String.raw`
(() => {
'use strict';
const make = (tag, className, textContent = '') => Object.assign(document.createElement(tag), { className, textContent });
const said = make('p', 'said');
said.setAttribute('role', 'status');
document.body.append(said);

const sorted = 'aria-sort';
const letters = new Intl.Collator('en', { numeric: true });
const compare = (column, numbers, sign) => (a, b) => {
  const x = a.cells[column], y = b.cells[column];
  if (!numbers) return sign * letters.compare(x.textContent, y.textContent);
  const p = x.dataset.sort, q = y.dataset.sort;
  if (p === undefined || q === undefined) return (p === undefined) - (q === undefined);
  return sign * (p - q);
};
for (const table of document.querySelectorAll('table')) {
  const body = table.tBodies[0], rows = [...body.rows];
  if (rows.length < 2) continue;
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const title = head.textContent;
    const button = make('button', '', title);
    const numbers = rows.some((row) => row.cells[column].dataset.sort !== undefined);
    button.type = 'button';
    button.onclick = () => {
      const next = { none: 'ascending', ascending: 'descending', descending: 'none' }[head.getAttribute(sorted)];
      for (const other of heads) other.setAttribute(sorted, 'none');
      head.setAttribute(sorted, next);
      const order = [...rows];
      if (next !== 'none') order.sort(compare(column, numbers, next === 'ascending' ? 1 : -1));
      body.append(...order);
      said.textContent = next === 'none' ? 'In the original order' : 'Sorted by ' + title + ', ' + next;
    };
    head.setAttribute(sorted, 'none');
    head.replaceChildren(button);
  });
}

const written = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 4 });
const write = (value) => (Number.isInteger(value) ? value.toLocaleString('en-US') : written.format(value)).replace('-', '\u2212');
const charts = JSON.parse(document.getElementById('data').textContent);
const within = ({ frame: { left, top, width, height } }, x, y, margin) =>
  x > left - margin && x < left + width + margin && y > top - margin && y < top + height + margin;
for (const plot of document.querySelectorAll('.plot[data-chart]')) {
  const panels = charts[plot.dataset.chart];
  const mark = make('div', 'mark'), tip = make('div', 'tip');
  mark.hidden = tip.hidden = true;
  plot.append(mark, tip);
  const spots = panels.flatMap((panel, index) => panel.series.flatMap((series) => {
    const { left, top, width, height, xDomain: [x0, x1], yDomain: [y0, y1], xScale } = panel.frame;
    const scale = xScale === 'log' ? Math.log : (x) => x;
    return series.points.map((point) => ({
      point, series, panel, index,
      left: left + (width * (scale(point[0]) - scale(x0))) / (scale(x1) - scale(x0)),
      top: top + (height * (y1 - point[1])) / (y1 - y0),
    }));
  })).filter(({ left, top, panel }) => within(panel, left, top, 1));
  if (spots.length === 0) continue;
  let current;
  const look = () => {
    const svg = [...plot.querySelectorAll('svg')].find((one) => one.getBoundingClientRect().width > 0);
    const box = (svg || plot).getBoundingClientRect();
    return { box, factor: svg ? box.width / svg.viewBox.baseVal.width : NaN };
  };
  const hide = () => { mark.hidden = tip.hidden = true; };
  const show = (spot, aloud) => {
    current = spot;
    const { point: [x, y, low, high], series, panel } = spot;
    const { box, factor } = look(), home = plot.getBoundingClientRect();
    const left = box.left - home.left + spot.left * factor, top = box.top - home.top + spot.top * factor;
    const lines = [(panel.xTitle || 'x') + ' ' + write(x), (panel.yTitle || 'mean') + ' ' + write(y)];
    if (low !== undefined) lines.push('band ' + write(low) + ' to ' + write(high));
    tip.replaceChildren(make('b', '', series.name), ...lines.map((line) => make('span', '', line)));
    mark.hidden = tip.hidden = false;
    tip.style.left = 0;
    mark.style.left = left + 'px';
    mark.style.top = top + 'px';
    mark.style.background = series.color || 'currentColor';
    const beside = left + 14 + tip.offsetWidth <= home.width ? left + 14 : left - 14 - tip.offsetWidth;
    tip.style.left = Math.max(0, Math.min(beside, home.width - tip.offsetWidth)) + 'px';
    tip.style.top = Math.max(0, top - tip.offsetHeight - 10) + 'px';
    if (aloud) said.textContent = [panel.title, series.name, ...lines].filter(Boolean).join(', ');
  };
  const point = (event) => {
    const { box, factor } = look(), x = (event.clientX - box.left) / factor, y = (event.clientY - box.top) / factor;
    const index = panels.findIndex((panel) => within(panel, x, y, 8));
    let best, least = Infinity;
    for (const spot of spots) {
      const distance = (spot.left - x) ** 2 + (spot.top - y) ** 2;
      if (spot.index === index && distance < least) [best, least] = [spot, distance];
    }
    if (best) show(best); else hide();
  };
  plot.onpointermove = plot.onpointerdown = point;
  plot.onpointerleave = (event) => { if (event.pointerType === 'mouse') hide(); };
  plot.onblur = hide;
  plot.tabIndex = 0;
  plot.setAttribute('role', 'group');
  plot.setAttribute('aria-label', 'Chart: arrow keys go from point to point');
  plot.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 }[event.key];
    if (event.key === 'Escape') hide();
    if (step === undefined) return;
    event.preventDefault();
    if (!current) return show(spots[0], true);
    if (step) {
      const next = spots[spots.indexOf(current) + step];
      return show(next && next.series === current.series ? next : current, true);
    }
    const curves = [...new Set(spots.map(({ series }) => series))];
    const turn = event.key === 'ArrowDown' ? 1 : curves.length - 1;
    const series = curves[(curves.indexOf(current.series) + turn) % curves.length];
    const away = (spot) => Math.abs(spot.point[0] - current.point[0]);
    show(spots.filter((spot) => spot.series === series).reduce((a, b) => (away(b) < away(a) ? b : a)), true);
  };
}
})();
`;
