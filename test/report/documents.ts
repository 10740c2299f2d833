/** Reports for tests: results, charts, and texts that want to be more than text. */
import type { RunResult } from '../../src/experiments/result.ts';
import type { Chart, ReportDocument } from '../../src/report/document.ts';

/** Texts that would do something if they were not escaped. */
export const hostileTexts: readonly string[] = [
  '</script><img src=x onerror=alert(1)>',
  '<!-- <script>alert(1)</script>',
  '"><svg onload=alert(1)>',
  "' onmouseover='alert(1)",
  'a | b || c \\| d',
  'one\ntwo\r\nthree',
  'user\u202Egnp.exe',
  '[link](javascript:alert(1)) ![x](http://example.invalid/x.png)',
  '`code` *strong* _slanted_ ~gone~ &lt;b&gt;',
  '\uD800 half',
];

/** An SVG of 400 x 300 with an id, a reference to it, and a line. */
export const smallSvg: string = [
  '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300" viewBox="0 0 400 300">',
  '<defs><clipPath id="clip"><rect width="400" height="300"/></clipPath></defs>',
  '<g clip-path="url(#clip)"><path d="M50 250L350 50" stroke="currentColor" fill="none"/></g>',
  '</svg>',
].join('');

/** A chart of two curves: (0, 0) to (100, 10) and (0, 5) to (100, 5), drawn into the square from (50, 50) to (350, 250). */
export function smallChart(name: string, changes: Partial<Chart> = {}): Chart {
  const frame = { left: 50, top: 50, width: 300, height: 200, xDomain: [0, 100], yDomain: [0, 10], xScale: 'linear' } as const;
  return {
    name,
    alt: `curves of ${name}`,
    caption: `Returns of ${name}.`,
    svg: smallSvg,
    darkSvg: smallSvg,
    spec: { title: name, mark: 'line' },
    panels: [
      {
        xTitle: 'steps',
        yTitle: 'return',
        frame,
        series: [
          {
            name,
            color: '#4477aa',
            points: [0, 50, 100].map((x) => ({ x, y: x / 10, low: x / 10 - 1, high: x / 10 + 1 })),
          },
          { name: 'flat', points: [0, 100].map((x) => ({ x, y: 5 })) },
        ],
      },
    ],
    ...changes,
  };
}

/** A report whose every text is `text`. */
export function documentOf(text: string): ReportDocument {
  const table = {
    columns: [{ title: text }, { title: 'Number', align: 'right' as const }],
    rows: [
      [text, { text: '2.5', sort: 2.5 }],
      [
        { text, strong: true },
        { text: '−10.0', sort: -10 },
      ],
    ],
    note: text,
  };
  const chart = smallChart(text, { spec: { title: text } });
  return { title: text, lead: text, sections: [{ title: text, paragraphs: [text], charts: [chart], table }], command: text, footer: text };
}

/** A result with the returns of a single evaluation. */
export function resultOf(seed: number, sampled: readonly number[], changes: Partial<RunResult> = {}): RunResult {
  return {
    identity: `run${seed}`,
    cell: '',
    source: 'cohort-rl',
    road: 'environments',
    target: 'CartPole-v1',
    method: 'gpg',
    seed,
    settings: { numEnvs: 4, gamma: 0.99 },
    status: 'done',
    iterations: 10,
    progress: { unit: 'steps', count: 1000 },
    seconds: 2,
    evaluations: { iteration: [10], progress: [1000], seconds: [2], sampled: [[...sampled]], greedy: [sampled.map((value) => value * 2)] },
    parametersSha256: null,
    versions: { 'cohort-rl': '0.1.0' },
    machine: 'a machine',
    ...changes,
  };
}
