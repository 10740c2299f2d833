/**
 * Builds what the sources need to run: the kernels and the policies that come with the package (assembly/, policies/ -> generated.ts files of src/), then one bundle per entry (src/ -> dist/).
 *
 *   node tools/build.mjs            JavaScript only; what `npm ci` does
 *   node tools/build.mjs --types    with .d.ts files; what `npm pack` does
 *   node tools/build.mjs --force    even if nothing changed
 *
 * Nothing is done when no source changed since the last build.
 */
import { createHash } from 'node:crypto';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const dist = at('dist');
const stampFile = at('build', 'stamp.json');
const lockFile = at('build', 'lock');

/** Every entry of the package: name in dist/ and source. Those of `exports` and `bin` in package.json, and the threads of runs and of environments. */
export const entries = {
  node: 'src/node/index.ts',
  browser: 'src/browser/index.ts',
  cli: 'src/cli/main.ts',
  jobWorker: 'src/node/jobWorker.ts',
  rewardWorker: 'src/node/rewardWorker.ts',
  runProcess: 'src/node/runProcess.ts',
  envWorker: 'src/node/envWorker.ts',
  workerNode: 'src/node/worker.ts',
  workerBrowser: 'src/browser/worker.ts',
  advantage: 'src/advantage/index.ts',
  algorithms: 'src/algorithms/index.ts',
  displayNode: 'src/node/display.ts',
  displayBrowser: 'src/browser/display.ts',
  element: 'src/element/index.ts',
  envs: 'src/envs/index.ts',
  experiments: 'src/experiments/index.ts',
  lmNode: 'src/node/lm.ts',
  lmBrowser: 'src/browser/lm.ts',
  play: 'src/play/index.ts',
  policies: 'src/policies/index.ts',
  pretrained: 'src/pretrained/index.ts',
  random: 'src/random/index.ts',
  report: 'src/report/index.ts',
  run: 'src/run/index.ts',
  shareNode: 'src/node/share.ts',
  shareBrowser: 'src/browser/share.ts',
  sinks: 'src/sinks/index.ts',
  statistics: 'src/statistics/index.ts',
  theory: 'src/theory/index.ts',
  kernels: 'src/kernels/index.ts',
};

/** What threads that step environments are given by the thread that starts them, and so need not carry. */
const givenToEnvWorkers = {
  '@mujoco/mujoco': 'src/browser/namelessMujoco.ts',
  './generated.ts': 'src/browser/postedPhysics.ts',
  './contract.ts': 'src/browser/plainContract.ts',
};

/**
 * The threads of a page: those that step environments, one that trains. Each is one file with everything in it, without an import that a bundler could
 * follow. Vite 7 makes threads of a format that has no second file.
 */
const pageWorkers = [
  {
    name: 'envWorkerBrowser',
    source: 'src/browser/envWorker.ts',
    given: givenToEnvWorkers,
  },
  {
    name: 'mujocoEnvWorkerBrowser',
    source: 'src/browser/mujocoEnvWorker.ts',
    given: givenToEnvWorkers,
  },
  {
    name: 'trainWorkerBrowser',
    source: 'src/browser/trainWorker.ts',
    given: { '@mujoco/mujoco': 'src/browser/namelessMujoco.ts', './plain/generated.ts': 'src/browser/noTransformers.ts' },
  },
];

/** The files of those threads, which lie beside the library. */
export const pageWorkerFiles = pageWorkers.map(({ name }) => `${name}.js`);

/** The page of `cohort-rl watch`: one bundle with everything in it but MuJoCo and three.js, which its server brings; the rest is copied. */
const page = { source: 'src/watch/page.ts', copied: ['index.html', 'page.css'] };

/** The page of `cohort-rl playground`, a private app that Vite builds from the bundles; left out where Svelte is not installed. */
const playground = at('apps', 'playground');

function* filesUnder(directory) {
  if (!existsSync(directory)) return;
  for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

/** SHA-256 over names and bytes of files. */
function hashFiles(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash
      .update(`${relative(root, path).split(sep).join('/')}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/** The hash of everything that the bundles are made of. */
function hashSources() {
  const single = ['package.json', 'tsconfig.json', 'tsdown.config.ts', 'tools/build.mjs'].map((name) => at(name));
  return hashFiles([...single, ...filesUnder(at('src')), ...filesUnder(at('recipes'))]);
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Two builds at a time would write the same files; the second waits. The lock file holds the builder's process id. */
async function withLock(action) {
  mkdirSync(at('build'), { recursive: true });
  for (;;) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = existsSync(lockFile) ? Number(readFileSync(lockFile, 'utf8')) : 0;
      if (holder > 0 && !isAlive(holder)) rmSync(lockFile, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  try {
    return await action();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

async function bundle(types) {
  const { build } = await import('tsdown');
  const present = Object.fromEntries(Object.entries(entries).filter(([, source]) => existsSync(at(source))));
  const fresh = at('build', 'dist');
  await build({ cwd: root, entry: present, outDir: fresh, dts: types, logLevel: 'warn' });
  for (const worker of pageWorkers) await bundlePageWorker(build, fresh, worker);
  await bundlePage(build, join(fresh, 'watch'));
  // Bundled beside the old one and swapped in, so that nobody ever sees half a build.
  const old = at('build', 'dist-old');
  rmSync(old, { recursive: true, force: true });
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
  // npm sets the mode when it links the command; a later build has to do it itself.
  if (existsSync(join(dist, 'cli.js'))) chmodSync(join(dist, 'cli.js'), 0o755);
}

/** What bundles of one file have in common. */
const oneFile = { cwd: root, platform: 'browser', dts: false, minify: true, outputOptions: { codeSplitting: false } };

async function bundlePageWorker(build, outDir, { name, source, given }) {
  const alias = Object.fromEntries(Object.entries(given).map(([specifier, file]) => [specifier, at(file)]));
  // Not minified: the comments that tell bundlers to leave an import alone would be gone.
  await build({
    ...oneFile,
    entry: { [name]: source },
    outDir,
    clean: false,
    minify: false,
    alias,
    deps: { alwaysBundle: [/./] },
    logLevel: 'warn',
  });
}

async function bundlePage(build, outDir) {
  if (!existsSync(at(page.source))) return;
  await build({
    ...oneFile,
    entry: { page: page.source },
    outDir,
    deps: { alwaysBundle: [/^(?!@mujoco\/|three$)/], neverBundle: [/^@mujoco\//, /^three$/] },
    logLevel: 'warn',
  });
  for (const name of page.copied) copyFileSync(at('src', 'watch', name), join(outDir, name));
}

/** Builds the playground from the bundles in dist/, which it imports by the package's name. */
async function bundlePlayground() {
  const vite = await import('vite');
  const fresh = at('build', 'playground');
  const mode = process.env.NODE_ENV;
  // Of tests it is 'test', and the page would be one for development.
  process.env.NODE_ENV = 'production';
  try {
    const build = { outDir: fresh, emptyOutDir: true };
    await vite.build({ root: playground, configFile: join(playground, 'vite.config.ts'), logLevel: 'warn', build });
  } finally {
    if (mode === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = mode;
  }
  const target = join(dist, 'playground');
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
}

/** Builds what is stale. Resolves to what was done: `built` or `fresh`. */
export async function buildAll({ types = false, force = false } = {}) {
  return withLock(async () => {
    const { generateSources } = await import('./generateSources.mjs');
    await generateSources();
    const hash = hashSources();
    const stamp = readStamp();
    const fresh = !force && stamp.hash === hash && existsSync(join(dist, 'node.js')) && (stamp.types || !types);
    if (!fresh) {
      rmSync(stampFile, { force: true });
      await bundle(types);
    }
    const page = existsSync(at('node_modules', 'svelte')) ? hashFiles(filesUnder(playground)) : undefined;
    const freshPage = fresh && stamp.page === page && (page === undefined || existsSync(join(dist, 'playground', 'index.html')));
    if (freshPage) return 'fresh';
    if (page !== undefined) await bundlePlayground();
    writeFileSync(stampFile, JSON.stringify({ hash, types: fresh ? stamp.types : types, page }));
    return 'built';
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const flags = process.argv.slice(2);
  const unknown = flags.find((flag) => flag !== '--types' && flag !== '--force');
  if (unknown) {
    console.error(`build: expected --types or --force, got ${unknown}`);
    process.exit(2);
  }
  const start = performance.now();
  const done = await buildAll({ types: flags.includes('--types'), force: flags.includes('--force') });
  console.log(done === 'fresh' ? 'build: nothing changed' : `build: done in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
