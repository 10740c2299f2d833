/**
 * What a page loads: applications bundled by esbuild, minified, each file compressed by gzip -9. Counted is what is loaded at once, the kernels of one
 * arithmetic and the program of the environments' threads included; not what is loaded when it is asked for: the other arithmetic, MuJoCo.
 *
 *   node bench/sizes.mjs        a table, as in docs/browser.md; after npm run build
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, transform } from 'esbuild';

/** The build of the package. */
export const dist = fileURLToPath(new URL('../dist', import.meta.url));

/** The applications: what they do, and their program. `limit` is in thousands of bytes. */
export const applications = [
  {
    does: 'loads a policy and acts',
    limit: 60,
    program: "import { loadPolicy } from 'cohort-rl/play'; (await loadPolicy('policy.safetensors')).act(observation);",
  },
  {
    does: 'plays episodes of CartPole with it',
    limit: 60,
    program: `import { loadPolicy, playEpisode } from 'cohort-rl/play';
      import { cartPole, DynamicsEnv } from 'cohort-rl/envs';
      for (const moment of playEpisode(await loadPolicy('policy.safetensors'), new DynamicsEnv(cartPole(), 500))) show(moment);`,
  },
  {
    does: 'trains in a worker: what the main thread loads',
    limit: 60,
    program:
      "import { trainInWorker } from 'cohort-rl/worker'; for await (const iteration of trainInWorker({ env: 'CartPole-v1' })) show(iteration);",
  },
  {
    does: 'shows a shared run: what the main thread loads',
    limit: 160,
    program: "import { defineRunElement } from 'cohort-rl/element'; defineRunElement();",
  },
  {
    does: 'trains on any environment',
    limit: 160,
    program: "import { train } from 'cohort-rl'; for await (const iteration of train({ env: 'CartPole-v1' })) show(iteration);",
  },
  {
    does: 'trains a language model',
    program:
      "import { trainLanguageModel } from 'cohort-rl'; for await (const iteration of trainLanguageModel({ task: 'add-2digit' })) show(iteration);",
  },
];

const compressed = (bytes) => gzipSync(bytes, { level: 9 }).length;

/** The package's own entries, from its build. */
export const ownEntries = {
  name: 'own entries',
  setup: (bundler) =>
    bundler.onResolve({ filter: /^cohort-rl/ }, ({ path }) => ({
      path: join(
        dist,
        `${{ 'cohort-rl': 'browser', 'cohort-rl/worker': 'workerBrowser', 'cohort-rl/lm': 'lmBrowser', 'cohort-rl/share': 'shareBrowser' }[path] ?? path.slice('cohort-rl/'.length)}.js`,
      ),
      sideEffects: false,
    })),
};

/** How esbuild makes an application of the package. */
export const bundling = {
  bundle: true,
  splitting: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  external: ['@mujoco/mujoco'],
  logLevel: 'error',
  plugins: [ownEntries],
};

/** Bytes of an application: of all files that are loaded at once, and the names of the modules in them. */
export async function measure(program) {
  const { metafile, outputFiles } = await build({
    stdin: { contents: program, resolveDir: dist },
    ...bundling,
    outdir: '/application',
    write: false,
    metafile: true,
  });
  const textOf = new Map(outputFiles.map(({ path, contents }) => [path.split(/[\\/]/).pop(), contents]));
  const outputs = new Map(Object.entries(metafile.outputs).map(([path, output]) => [path.split(/[\\/]/).pop(), output]));
  const atOnce = new Set();
  const visit = (name) => {
    if (atOnce.has(name)) return;
    atOnce.add(name);
    for (const { path, kind } of outputs.get(name).imports) if (kind === 'import-statement') visit(path.split(/[\\/]/).pop());
  };
  visit([...outputs].find(([, { entryPoint }]) => entryPoint === '<stdin>')[0]);
  let gzip = 0;
  let minified = 0;
  let threads = false;
  const modules = new Set();
  for (const name of atOnce) {
    const bytes = textOf.get(name);
    minified += bytes.length;
    gzip += compressed(bytes);
    threads ||= Buffer.from(bytes).includes('envWorkerBrowser.js');
    for (const [path, { bytesInOutput }] of Object.entries(outputs.get(name).inputs)) if (bytesInOutput > 0) modules.add(path);
  }
  if (threads) {
    const worker = await transform(readFileSync(join(dist, 'envWorkerBrowser.js')), { minify: true, target: 'es2022' });
    minified += worker.code.length;
    gzip += compressed(worker.code);
  }
  return { minified, gzip, modules: [...modules] };
}

/** The table of docs/browser.md. */
export async function renderSizes() {
  const rows = [];
  for (const { does, program, limit } of applications) {
    const { minified, gzip } = await measure(program);
    rows.push(
      `| ${does} | ${Math.round(minified / 1000)} kB | ${Math.round(gzip / 1000)} kB | ${limit === undefined ? 'none' : `${limit} kB`} |`,
    );
  }
  return ['| An application that | minified | gzip -9 | limit |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await renderSizes());
  // `cohort-rl/worker` loads it by itself, beside the page.
  const { code } = await transform(readFileSync(join(dist, 'trainWorkerBrowser.js')), { minify: true, target: 'es2022' });
  console.log(`\nThe worker that trains: ${Math.round(compressed(code) / 1000)} kB, minified.`);
}
