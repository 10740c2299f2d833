/**
 * Holds the rules of the house that a linter cannot express: who may import whom, no import cycles, no inexact arithmetic where the same bits
 * are promised, no randomness or clock of the platform, no file longer than 400 lines. Of AssemblyScript it knows cycles and lengths only.
 *
 *   node tools/checkHouse.mjs
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The rooms that run anywhere, from the top of the house to the bottom. */
const portable =
  'api share display sinks reproduction report experiments lm theory training algorithms play policies policy rollout envs advantage kernels doctor run statistics random math core'.split(
    ' ',
  );

/**
 * What each room of src/ may import: other rooms, and packages. A room that is not listed may not exist, and no file lies outside a room. `recipes`
 * is the folder beside src/.
 */
export const rooms = {
  core: { rooms: [], packages: ['zod'] },
  math: { rooms: [], packages: [] },
  // Box-Muller needs the exact logarithm and cosine; what is drawn of a space stands with the spaces.
  random: { rooms: ['math', 'core'], packages: [] },
  statistics: { rooms: [], packages: [] },
  run: { rooms: ['statistics', 'core'], packages: ['zod'] },
  // What runs tell, taken to other programs. Knows nothing of how a run is trained.
  sinks: { rooms: ['run', 'core'], packages: [] },
  // What is wrong with a run, from its metrics alone.
  doctor: { rooms: ['run', 'statistics', 'core'], packages: [] },
  kernels: { rooms: ['math', 'core'], packages: [] },
  advantage: { rooms: ['core'], packages: ['zod'] },
  // An environment may bring recipes: their type alone.
  envs: { rooms: ['random', 'math', 'core', 'recipes'], packages: ['@mujoco/mujoco'] },
  rollout: { rooms: ['random', 'core'], packages: ['zod'] },
  policy: { rooms: ['kernels', 'random', 'math', 'core'], packages: ['zod'] },
  play: { rooms: ['policies', 'policy', 'rollout', 'kernels', 'run', 'statistics', 'random', 'core'], packages: [] },
  policies: { rooms: ['policy', 'kernels', 'run', 'random', 'core'], packages: [] },
  // The trained policies that come with the package, for programs that only play.
  pretrained: { rooms: ['play', 'policies', 'policy', 'core'], packages: [] },
  algorithms: { rooms: ['policy', 'rollout', 'advantage', 'kernels', 'random', 'math', 'core'], packages: ['zod'] },
  recipes: { rooms: [], packages: [] },
  training: {
    rooms: ['algorithms', 'policies', 'play', 'policy', 'rollout', 'kernels', 'doctor', 'run', 'statistics', 'core', 'recipes'],
    packages: ['zod'],
  },
  theory: { rooms: ['advantage', 'random', 'math', 'core'], packages: [] },
  // The second road: never envs, rollout or policy.
  lm: { rooms: ['advantage', 'kernels', 'run', 'statistics', 'random', 'math', 'core'], packages: ['zod'] },
  // Matrices of runs, their results, and what is drawn of them. Neither knows how a run is trained.
  experiments: { rooms: ['run', 'statistics', 'random', 'core'], packages: ['zod'] },
  // The rerun of the paper that the package is named for: data, and what is judged of it.
  reproduction: { rooms: ['report', 'experiments', 'run', 'statistics', 'core'], packages: [] },
  report: { rooms: ['experiments', 'run', 'statistics', 'random', 'core'], packages: [] },
  // A run as a link, and training it again. What trains is given to it.
  share: {
    rooms: ['experiments', 'training', 'algorithms', 'policies', 'policy', 'envs', 'run', 'core'],
    packages: [],
  },
  // What shows a run while it goes on, from its events alone.
  display: { rooms: ['run', 'statistics', 'core'], packages: [] },
  api: { rooms: portable, packages: ['zod'] },
  // The server of `watch` speaks the protocol of its page.
  node: {
    rooms: [...portable, 'watch'],
    packages: [
      ...['zod', 'gifenc', '@napi-rs/canvas', 'h264-mp4-encoder', 'hyparquet', 'log-update', 'vega', 'vega-lite', '@resvg/resvg-js'],
      ...['@huggingface/hub', '@huggingface/tokenizers', '@huggingface/jinja', 'bullmq', 'ioredis'],
    ],
    platform: true,
  },
  browser: { rooms: portable, packages: ['zod'] },
  // What pages share: built on what a page of a user could import, and on episodes. No server is known here.
  page: { rooms: ['core', 'browser', 'envs', 'play', 'statistics'], packages: ['three'] },
  watch: { rooms: ['page', 'browser', 'envs'], packages: [] },
  // A shared run inside the page of a user: a custom element.
  element: { rooms: ['page', 'browser', 'envs', 'play'], packages: [] },
  // The statistics are a leaf: words about intervals need no public name of their own.
  cli: { rooms: ['node', 'display', 'statistics'], packages: ['zod', 'commander', 'yaml', 'log-update', '@bomb.sh/tab'], platform: true },
};

/**
 * Rooms that have rooms of their own, these from the bottom to the top: each imports those before it. Files of the whole room (its index) stand above
 * them, and no file of them is imported from below.
 */
export const innerRooms = { lm: ['verifier', 'tasks', 'checkpoints', 'data', 'config', 'model', 'backends', 'algorithm', 'training'] };

/** Rooms whose results are the same bits everywhere. The float64 references of the kernels are compared norm-wise and stand outside. */
const exactRooms = ['random', 'math', 'envs', 'policy', 'rollout', 'advantage', 'algorithms', 'kernels', 'lm', 'theory'];
const isReference = (path) => /^src\/kernels\/reference(\/|\.ts$)/.test(path);

/** ECMA-262 leaves the last bits of these to the implementation; the other members of Math are exact. */
const inexact = new Set(
  'exp expm1 log log1p log2 log10 pow cbrt hypot sin cos tan asin acos atan atan2 sinh cosh tanh asinh acosh atanh'.split(' '),
);
const maxLines = 400;
const isAssembly = (path) => path.startsWith('assembly/');

const roomOf = (path) => path.match(/^src\/([^/]+)\//)?.[1] ?? path.match(/^(recipes)\/[^/]+$/)?.[1];
const packageOf = (specifier) => specifier.match(/^(@[^/]+\/[^/]+|[^/]+)/)[1];

/** The file that a relative import names. AssemblyScript leaves the extension out. */
const resolveImport = (path, specifier) => posix.join(posix.dirname(path), /\.\w+$/.test(specifier) ? specifier : `${specifier}.ts`);
/** The room inside a room that a file is in; `undefined` for a file of the whole room. */
const innerRoomOf = (path) => path.match(/^src\/[^/]+\/([^/]+)\//)?.[1];

/** The problems of an import within a room. */
function checkInnerImport(room, path, target) {
  const order = innerRooms[room];
  const [from, to] = [innerRoomOf(path), innerRoomOf(target)];
  if (!order || from === undefined || from === to) return [];
  const below = order.slice(0, order.indexOf(from));
  if (below.includes(to)) return [];
  return [`${room}/${from} may import ${below.join(', ') || 'no other room'} of ${room}, not ${to ?? target}`];
}

/** The problems of one import, as sentences. */
function checkImport(room, path, specifier) {
  const rule = rooms[room];
  if (specifier.startsWith('.')) {
    const file = posix.join(posix.dirname(path), specifier);
    const target = roomOf(file);
    if (target === room) return checkInnerImport(room, path, file);
    if (rule.rooms.includes(target)) return [];
    return [`${room} may import ${rule.rooms.join(', ') || 'no other room'}, not ${target ?? specifier}`];
  }
  if (specifier.startsWith('node:')) return rule.platform ? [] : [`${specifier} belongs in src/node and src/cli`];
  if (rule.packages.includes(packageOf(specifier))) return [];
  return [`${room} may import ${rule.packages.join(', ') || 'no package'}, not ${specifier}`];
}

/** A number written out, with or without a sign. Powers of literals are exact where the result is (2 ** 32), and whole where they are bigints. */
function isLiteral(node) {
  if (ts.isParenthesizedExpression(node)) return isLiteral(node.expression);
  if (ts.isPrefixUnaryExpression(node)) return isLiteral(node.operand);
  return ts.isNumericLiteral(node) || ts.isBigIntLiteral(node);
}

/** What is wrong with a use of `Math`: the sentence, or `undefined`. */
function checkMath(node, exact) {
  const parent = node.parent;
  const isWhole = !ts.isPropertyAccessExpression(parent) || parent.expression !== node;
  if (isWhole) return exact ? 'Math is used by itself here; write Math.name so that the rule can see the function' : undefined;
  const name = parent.name.text;
  if (name === 'random') return 'Math.random has no seed; draw from src/random';
  if (exact && inexact.has(name)) return `Math.${name} differs between engines; use src/math`;
  return undefined;
}

/** Reads one file: its imports, and its problems as `{ line, text }`. */
function readSource(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const room = roomOf(path);
  const imports = [];
  const problems = [];
  const report = (node, sentence) =>
    problems.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, text: sentence });
  const exact = exactRooms.includes(room) && !isReference(path);
  const visit = (node) => {
    const specifier =
      (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : ts.isImportTypeNode(node)
            ? node.argument.literal
            : undefined;
    if (specifier && ts.isStringLiteralLike(specifier)) {
      imports.push(specifier.text);
      if (!isAssembly(path)) for (const sentence of checkImport(room, path, specifier.text)) report(node, sentence);
    }
    if (ts.isIdentifier(node) && node.text === 'Math' && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)) {
      const sentence = checkMath(node, exact);
      if (sentence) report(node, sentence);
    }
    const isPower = ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskAsteriskToken;
    if (exact && isPower && !(isLiteral(node.left) && isLiteral(node.right))) {
      report(node, '** differs between engines; multiply, or use src/math');
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  const lines = text.split('\n').length - 1;
  if (lines > maxLines && !path.endsWith('/generated.ts')) {
    problems.push({ line: maxLines + 1, text: `${lines} lines; a file of more than ${maxLines} is more than one thing` });
  }
  return { imports, problems };
}

/** The first import cycle that each file closes, as a list of paths. */
function findCycles(graph) {
  const cycles = [];
  const state = new Map();
  const trail = [];
  const visit = (path) => {
    state.set(path, 'open');
    trail.push(path);
    for (const target of graph.get(path) ?? []) {
      if (state.get(target) === 'open') cycles.push([...trail.slice(trail.indexOf(target)), target]);
      else if (!state.has(target) && graph.has(target)) visit(target);
    }
    trail.pop();
    state.set(path, 'done');
  };
  for (const path of graph.keys()) if (!state.has(path)) visit(path);
  return cycles;
}

/**
 * Checks source files. `files` maps paths like `src/core/env.ts` to their text; the result is one line per problem, none if all is well.
 */
export function checkHouse(files) {
  const messages = [];
  const graph = new Map();
  for (const [path, text] of files) {
    if (!isAssembly(path) && !rooms[roomOf(path)]) {
      messages.push(`${path}: not in a room of tools/checkHouse.mjs; add the room and what it may import`);
      continue;
    }
    const inner = innerRoomOf(path);
    if (inner !== undefined && innerRooms[roomOf(path)]?.includes(inner) === false) {
      messages.push(`${path}: ${inner} is not one of the rooms in ${roomOf(path)}; add it to tools/checkHouse.mjs`);
      continue;
    }
    const { imports, problems } = readSource(path, text);
    const relative = imports.filter((specifier) => specifier.startsWith('.'));
    graph.set(
      path,
      relative.map((specifier) => resolveImport(path, specifier)),
    );
    for (const { line, text: sentence } of problems) messages.push(`${path}:${line}: ${sentence}`);
  }
  for (const cycle of findCycles(graph)) messages.push(`${cycle[0]}: import cycle ${cycle.join(' -> ')}`);
  return messages;
}

/** Every TypeScript and AssemblyScript file under src/, recipes/ and assembly/, by its path from the root. */
export function readSources(root) {
  const names = ['src', 'recipes', 'assembly'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true }).map((name) => posix.join(folder, name.replaceAll('\\', '/'))),
  );
  return new Map(
    names
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sources = readSources(fileURLToPath(new URL('..', import.meta.url)));
  const messages = checkHouse(sources);
  for (const message of messages) console.error(message);
  console.log(`house: ${sources.size} files, ${messages.length} problems`);
  process.exitCode = messages.length > 0 ? 1 : 0;
}
