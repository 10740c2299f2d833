/**
 * Draws terminal text as an SVG window: the picture in the README is a real run, not a drawing.
 *
 *   COHORT_FRAME_FILE=frame.txt npx cohort-rl train CartPole-v1
 *   node tools/terminalPicture.mjs frame.txt docs/terminal.svg '$ npx cohort-rl train CartPole-v1'
 *
 * The text may hold SGR escape codes (colors, bold, dim); any other escape code is an error.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const [input, output, prompt] = process.argv.slice(2);
if (!input || !output) {
  console.error('terminalPicture: expected INPUT OUTPUT [PROMPT], got too few arguments; see the head of this file');
  process.exit(2);
}

// SGR: the one kind of escape code that is drawn.
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes begin with a control character
const escapeCode = /\u001B\[([\d;]*)m/g;
// One column and one row of a monospaced face, in units of the picture: the usual advance is 0.6 em.
const fontSize = 14;
const column = fontSize * 0.6;
const row = Math.round(fontSize * 1.4);
const margin = 18;
const titleBar = 34;
const colors = { text: '#d7dae0', window: '#16181d', bar: '#22252c', dim: '#7d8590' };
/** SGR code of a foreground color -> its look here. */
const foregrounds = new Map([
  [31, '#ff7b72'],
  [32, '#56d364'],
  [33, '#e3b341'],
  [34, '#6cb6ff'],
  [35, '#d2a8ff'],
  [36, '#56d4dd'],
  [37, colors.text],
  [90, colors.dim],
]);

/** Changes `style` by one SGR code. */
function apply(style, code) {
  if (code === 0) return {};
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, fill: colors.dim };
  if (code === 22) return { ...style, bold: false, fill: style.fill === colors.dim ? undefined : style.fill };
  if (code === 39) return { ...style, fill: undefined };
  if (foregrounds.has(code)) return { ...style, fill: foregrounds.get(code) };
  throw new Error(`terminalPicture: SGR code ${code} is not drawn; add it`);
}

const escapeXml = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** One line as `<tspan>`s; each begins at its own column, so that a reader's face cannot shift what follows. */
function draw(line) {
  let style = {};
  let at = 0;
  let spans = '';
  for (const [index, part] of line.split(escapeCode).entries()) {
    if (index % 2 === 1) for (const code of part === '' ? [0] : part.split(';').map(Number)) style = apply(style, code);
    else {
      for (const [piece] of part.matchAll(/ +|[^ ]+(?: [^ ]+)*/g)) {
        const width = [...piece].length;
        if (piece.trim() !== '') {
          const look = `${style.fill ? ` fill="${style.fill}"` : ''}${style.bold ? ' font-weight="bold"' : ''}`;
          const length = (width * column).toFixed(1);
          spans += `<tspan x="${(margin + at * column).toFixed(1)}" textLength="${length}"${look}>${escapeXml(piece)}</tspan>`;
        }
        at += width;
      }
    }
  }
  return { spans, width: at };
}

const text = readFileSync(input, 'utf8').replaceAll('\r', '').trimEnd();
const lines = [...(prompt ? [`\u001B[90m${prompt}\u001B[39m`, ''] : []), ...text.split('\n')].map(draw);
if (text.replaceAll(escapeCode, '').includes('\u001B'))
  throw new Error('terminalPicture: the text moves the cursor; record a last frame instead');
const width = Math.ceil(Math.max(...lines.map((line) => line.width)) * column + 2 * margin);
const height = titleBar + margin + lines.length * row + margin;
const dots = ['#ff5f57', '#febc2e', '#28c840'].map((fill, i) => `<circle cx="${20 + 20 * i}" cy="${titleBar / 2}" r="6" fill="${fill}"/>`);
const rows = lines
  .map(({ spans }, i) => (spans ? `<text y="${titleBar + margin + (i + 0.75) * row}">${spans}</text>` : ''))
  .filter(Boolean);
writeFileSync(
  output,
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>cohort-rl in a terminal</title>
<rect width="${width}" height="${height}" rx="10" fill="${colors.window}"/>
<path d="M0 ${titleBar}V10a10 10 0 0 1 10-10H${width - 10}a10 10 0 0 1 10 10V${titleBar}Z" fill="${colors.bar}"/>
${dots.join('')}
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="${fontSize}" fill="${colors.text}" xml:space="preserve">
${rows.join('\n')}
</g>
</svg>
`,
);
console.log(`terminalPicture: ${output}, ${width} x ${height}`);
