import { afterEach, describe, expect, it } from 'vitest';
import { visibleText } from '../../src/core/text.ts';
import { chartCsv, placeSvg, recoloring } from '../../src/report/chart.ts';
import { dataUrl, escapeHtml, scriptJson } from '../../src/report/html.ts';
import { renderPage } from '../../src/report/page.ts';
import { pageScript } from '../../src/report/pageScript.ts';
import { documentOf, hostileTexts, smallChart, smallSvg } from './documents.ts';

const chartsOnly = (...names: string[]) =>
  renderPage({ title: 't', sections: [{ title: 's', charts: names.map((name) => smallChart(name)) }] });

describe('a page', () => {
  it('is the same bytes for the same document, small, and names no other file', () => {
    const page = renderPage(documentOf('gpg, numEnvs 4'));
    expect(renderPage(documentOf('gpg, numEnvs 4'))).toBe(page);
    expect(page.length).toBeLessThan(40_000);
    expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|src=|@import|url\((?!#)/);
  });

  it('allows its own script and nothing from elsewhere', () => {
    const page = renderPage(documentOf('x'));
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)![1]!;
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/]{43}='; style-src 'unsafe-inline'; img-src data:; /);
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
  });

  it('has a script below 6 KB that never reads markup', () => {
    expect(new TextEncoder().encode(pageScript).length).toBeLessThan(6144);
    expect(pageScript).not.toMatch(/innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function\(|<\/|<!--/);
  });

  it('keeps the ids of its drawings apart, and their references with them', () => {
    const darkSvg = smallSvg.replace('L350 50', 'L350 60');
    const charts = ['a', 'b'].map((name) => smallChart(name, { darkSvg }));
    const page = renderPage({ title: 't', sections: [{ title: 's', charts }] });
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id !== 'data')).toEqual(['chart1-clip', 'chart1dark-clip', 'chart2-clip', 'chart2dark-clip']);
    for (const id of ids.slice(0, 4)) expect(page).toContain(`clip-path="url(#${id})"`);
  });

  it('draws a chart once where a dark page changes its colors alone', () => {
    const svg = smallSvg.replace('currentColor', '#1f2328').replace('fill="none"', 'fill="#ffffff"');
    const darkSvg = svg.replace('#1f2328', '#e6edf3').replace('#ffffff', '#0d1117');
    const page = renderPage({ title: 't', sections: [{ title: 's', charts: [smallChart('a', { svg, darkSvg })] }] });
    expect(page.match(/<svg/g)).toHaveLength(1);
    expect(page).toContain(
      '@media (prefers-color-scheme: dark){#drawing1 [fill="#1f2328"]{fill:#e6edf3}#drawing1 [stroke="#1f2328"]{stroke:#e6edf3}',
    );
    expect(page).toContain('#drawing1 [fill="#ffffff"]{fill:#0d1117}');
    expect(page).toContain('<div id="drawing1" role="img"');
    expect(recoloring(svg, darkSvg)).toEqual(
      new Map([
        ['#1f2328', '#e6edf3'],
        ['#ffffff', '#0d1117'],
      ]),
    );
    // A color that becomes two, another shape, and a color elsewhere.
    expect(recoloring(`${svg} fill="#ffffff"`, `${darkSvg} fill="#ffffff"`)).toBeUndefined();
    expect(recoloring(svg, darkSvg.replace('350 50', '350 60'))).toBeUndefined();
    expect(recoloring(`${svg}#000000`, `${darkSvg}#ffffff`)).toBeUndefined();
  });

  it('offers the data and the specification of a chart as downloads', () => {
    const page = chartsOnly('a "quoted" name');
    const links = [...page.matchAll(/<a download="([^"]*)" href="([^"]*)"/g)].map(([, name, url]) => [name, decodeURIComponent(url!)]);
    expect(links.map(([name]) => name)).toEqual(['a-quoted-name.csv', 'a-quoted-name.vl.json']);
    expect(links[0]![1]).toBe(`data:text/csv;charset=utf-8,${chartCsv(smallChart('a "quoted" name').panels!)}`);
    expect(links[0]![1]).toContain('series,x,y,low,high\n"a ""quoted"" name",0,0,-1,1\n');
    expect(links[1]![1]).toBe('data:application/json;charset=utf-8,{"title":"a \\"quoted\\" name","mark":"line"}');
  });

  it('shows points of those panels only that say where they were drawn', () => {
    const bare = smallChart('bare', { panels: [{ series: smallChart('bare').panels![0]!.series }] });
    const page = renderPage({ title: 't', sections: [{ title: 's', charts: [bare, smallChart('framed')] }] });
    expect([...page.matchAll(/data-chart="(\d)"/g)].map(([, number]) => number)).toEqual(['2']);
    const data = JSON.parse(/id="data">(.*)<\/script>/.exec(page)![1]!) as Record<string, unknown[]>;
    expect([data[1]!.length, data[2]!.length]).toEqual([0, 1]);
  });

  it.each(hostileTexts)('shows %j and does nothing else with it', (text) => {
    const page = renderPage(documentOf(text));
    expect(page).not.toContain('<img');
    expect(page).not.toContain('<!--');
    expect(page).not.toContain('\u202E');
    expect(page.match(/<\/?script/g)).toHaveLength(4);
    expect(page.split(escapeHtml(text)).length).toBeGreaterThan(8);
  });
});

describe('a text', () => {
  it('is escaped for elements and for attributes', () => {
    expect(escapeHtml(`<a href="x">Tom & 'Jerry'</a>\n`)).toBe('&lt;a href=&quot;x&quot;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;⏎');
  });
});

describe('data in a page', () => {
  it('has no markup in it', () => {
    expect(scriptJson('</script><!--&\u2028')).toBe('"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028"');
  });

  it.each(hostileTexts)('is %j again when it is read', (text) => {
    const json = scriptJson({ text });
    expect(json).not.toMatch(/[<>&]/);
    expect(JSON.parse(json)).toEqual({ text });
    const url = dataUrl('application/json', JSON.stringify({ text }));
    expect(url).toMatch(/^data:application\/json;charset=utf-8,[\w\-.~!*(){}[\],:;=@/?+%]+$/);
    expect(JSON.parse(decodeURIComponent(url.slice(url.indexOf(',') + 1)))).toEqual({ text });
  });
});

describe('a drawing', () => {
  it('is given a viewBox where it has none', () => {
    expect(placeSvg('<svg width="20" height="10.5"><g/></svg>', 'p-', 'chart')).toContain('<svg viewBox="0 0 20 10.5" width="20"');
    expect(() => placeSvg('<svg><g/></svg>', 'p-', 'chart "a"')).toThrow(/^chart "a": expected an SVG with a viewBox/);
  });

  it('keeps words that look like ids', () => {
    const svg = '<svg viewBox="0 0 1 1"><text aria-label="a > b id=&quot;x" id="t">say id="x" url(#y)</text><use href="#t"/></svg>';
    expect(placeSvg(svg, 'p-', 'c')).toBe(svg.replace('id="t"', 'id="p-t"').replace('"#t"', '"#p-t"'));
  });

  it.each(['<p>text</p>', '<svg><script>alert(1)</script></svg>', '<svg><foreignObject/></svg>', '<svg><!-- a --></svg>', ''])(
    'is refused where it is %j',
    (svg) => expect(() => placeSvg(svg, 'p-', 'chart')).toThrow(/^chart: expected an .*SVG|<svg>/),
  );
});

const inPage = typeof document !== 'undefined';
let frame: HTMLIFrameElement;

/** The page in a frame, loaded. */
async function open(page: string, { width = 1000, scripts = true } = {}): Promise<Document> {
  frame = document.createElement('iframe');
  frame.setAttribute('sandbox', `allow-same-origin${scripts ? ' allow-scripts' : ''}`);
  Object.assign(frame.style, { width: `${width}px`, height: '700px', border: '0' });
  frame.srcdoc = page;
  const loaded = new Promise((resolve) => frame.addEventListener('load', resolve, { once: true }));
  document.body.append(frame);
  await loaded;
  return frame.contentDocument!;
}

describe.runIf(inPage)('a page that is opened', () => {
  afterEach(() => frame.remove());

  const table = {
    columns: [{ title: 'Cell' }, { title: 'Return', align: 'right' as const }],
    rows: [
      ['b10', { text: '9.0', sort: 9 }],
      ['b9', '–'],
      ['a', { text: '−10.0', sort: -10 }],
      ['c', { text: '100.0', sort: 100 }],
    ],
  };
  const tablePage = renderPage({ title: 't', sections: [{ title: 's', table }] });
  const firstColumn = (page: Document): string[] =>
    [...page.querySelectorAll('tbody tr')].map((row) => row.querySelector('td')!.textContent);

  it('sorts by headings and says so', async () => {
    const page = await open(tablePage);
    const [cell, number] = [...page.querySelectorAll('th')];
    const press = (head: Element | undefined): void => head!.querySelector('button')!.click();
    const state = (): unknown[] => [cell!.ariaSort, number!.ariaSort, page.querySelector('[role=status]')!.textContent, firstColumn(page)];
    expect(state()).toEqual(['none', 'none', '', ['b10', 'b9', 'a', 'c']]);
    press(number);
    expect(state()).toEqual(['none', 'ascending', 'Sorted by Return, ascending', ['a', 'b10', 'c', 'b9']]);
    press(number);
    expect(state()).toEqual(['none', 'descending', 'Sorted by Return, descending', ['c', 'b10', 'a', 'b9']]);
    press(number);
    expect(state()).toEqual(['none', 'none', 'In the original order', ['b10', 'b9', 'a', 'c']]);
    press(cell);
    expect(state()).toEqual(['ascending', 'none', 'Sorted by Cell, ascending', ['a', 'b9', 'b10', 'c']]);
  });

  it('is whole without scripts', async () => {
    const page = await open(renderPage(documentOf('x')), { scripts: false });
    expect(page.querySelectorAll('th button')).toHaveLength(0);
    expect(page.querySelectorAll('tbody tr')).toHaveLength(2);
    const seen = [...page.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 300);
    expect(seen).toHaveLength(1);
    expect(page.querySelectorAll('a[download]')).toHaveLength(2);
  });

  it.each(hostileTexts)('shows %j as text', async (text) => {
    const page = await open(renderPage(documentOf(text)));
    expect(page.querySelector('h1')!.textContent).toBe(visibleText(text));
    expect(page.querySelectorAll('img, iframe, [onerror], [onload], [onmouseover]')).toHaveLength(0);
    expect(page.querySelectorAll('script')).toHaveLength(2);
    expect(page.querySelectorAll('th button')).toHaveLength(2);
    // Title, lead, heading, paragraph, caption: as many as we wrote.
    expect(page.querySelectorAll('main p, main h2, figcaption')).toHaveLength(5);
  });

  it('runs no script but its own', async () => {
    const page = await open(tablePage);
    const script = page.createElement('script');
    script.textContent = 'window.wasRun = true;';
    const blocked = new Promise<string>((resolve) =>
      page.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), { once: true }),
    );
    page.body.append(script);
    expect(await blocked).toBe('script-src-elem');
    expect(Object.hasOwn(frame.contentWindow!, 'wasRun')).toBe(false);
  });

  it('shows the point of a curve that is nearest to the pointer', async () => {
    const page = await open(chartsOnly('rising'));
    const plot = page.querySelector('.plot')!;
    const svg = [...plot.querySelectorAll('svg')].find((one) => one.getBoundingClientRect().width > 0)!;
    const tip = (): string => [...plot.querySelectorAll('.tip:not([hidden]) > *')].map(({ textContent }) => textContent).join('; ');
    const point = (x: number, y: number): string => {
      const box = svg.getBoundingClientRect();
      const factor = box.width / 400;
      const place = { clientX: box.left + x * factor, clientY: box.top + y * factor, bubbles: true };
      svg.dispatchEvent(new PointerEvent('pointermove', place));
      return tip();
    };
    expect(point(348, 52)).toBe('rising; steps 100; return 10; band 9 to 11');
    expect(point(60, 140)).toBe('flat; steps 0; return 5');
    expect(point(60, 230)).toBe('rising; steps 0; return 0; band −1 to 1');
    expect(point(10, 10)).toBe('');
    const key = (name: string): void => void plot.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
    key('ArrowRight');
    expect(tip()).toBe('rising; steps 50; return 5; band 4 to 6');
    expect(page.querySelector('[role=status]')!.textContent).toBe('rising, steps 50, return 5, band 4 to 6');
    key('ArrowDown');
    expect(tip()).toBe('flat; steps 0; return 5');
    key('Escape');
    expect(tip()).toBe('');
  });

  it('fits a phone: tables scroll inside themselves, drawings shrink', async () => {
    const wide = {
      columns: Array.from({ length: 30 }, (_, index) => ({ title: `Column ${index}` })),
      rows: [Array.from({ length: 30 }, () => 'a value')],
    };
    const name = 'a-name-without-a-place-to-break-it'.repeat(5).replaceAll('-', '');
    const page = await open(
      renderPage({
        ...documentOf(name),
        sections: [{ title: name, paragraphs: [name], table: wide, charts: [smallChart(name, { svg: smallSvg })] }],
      }),
      {
        width: 390,
      },
    );
    expect(page.documentElement.scrollWidth).toBe(390);
    const scroll = page.querySelector('.scroll')!;
    expect(scroll.scrollWidth).toBeGreaterThan(scroll.clientWidth);
  });
});
