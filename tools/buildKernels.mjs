/**
 * Compiles `assembly/` into the two kernel modules, and `assembly/physics/` into the rigid-body module, and writes them, as base64, to
 * `src/kernels/generated.ts` and `src/envs/box2d/generated.ts`.
 *
 * `node tools/buildKernels.mjs` or `import { buildKernels }`. Does nothing when neither the sources nor the compiler changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'build', 'kernels');
const generated = path.join(root, 'src', 'kernels', 'generated.ts');
const generatedPhysics = path.join(root, 'src', 'envs', 'box2d', 'generated.ts');

const common = ['-O3', '--noAssert', '--runtime', 'stub'];
const shared = ['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
/** The modules: entry and flags of each. Physics has a memory of its own, one world or many per instance. */
const targets = {
  plain: { entry: 'assembly/index.ts', flags: [...shared, '--enable', 'simd,threads,bulk-memory'] },
  fused: { entry: 'assembly/index.ts', flags: [...shared, '--enable', 'simd,threads,bulk-memory,relaxed-simd'] },
  physics: { entry: 'assembly/physics/index.ts', flags: ['--enable', 'bulk-memory'] },
};

/** The sources, as paths relative to the root. */
function sources() {
  const files = (folder) =>
    readdirSync(path.join(root, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`)
      .sort();
  return [...files('assembly'), ...files('assembly/physics'), 'src/kernels/layout.ts', 'src/envs/box2d/layout.ts'];
}

function fingerprint() {
  const hash = createHash('sha256');
  const version = JSON.parse(readFileSync(path.join(root, 'node_modules', 'assemblyscript', 'package.json'), 'utf8')).version;
  hash.update(`assemblyscript ${version} ${JSON.stringify([common, targets])}\n`);
  for (const name of sources()) hash.update(`${name}\n`).update(readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

/** Writes beside the target and renames, so that two builds at once never leave half a file. */
function replaceFile(file, data) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, file);
}

async function compile(asc, kind) {
  let module;
  const { entry, flags } = targets[kind];
  const { error, stderr } = await asc.main([entry, ...common, ...flags, '--outFile', 'module.wasm'], {
    readFile: (name, base) => {
      const file = path.resolve(base ?? root, name);
      return existsSync(file) ? readFileSync(file, 'utf8') : null;
    },
    writeFile: (_name, contents) => {
      module = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`buildKernels: the module ${kind} does not compile\n${stderr}`);
  return module;
}

/** Builds what is out of date; resolves to whether anything was compiled. */
export async function buildKernels() {
  const print = fingerprint();
  const marker = path.join(folder, 'fingerprint');
  const written = [generated, generatedPhysics];
  const outputs = [...Object.keys(targets).map((kind) => path.join(folder, `${kind}.wasm`)), ...written, marker];
  if (outputs.every((file) => existsSync(file)) && readFileSync(marker, 'utf8') === print) {
    if (written.every((file) => readFileSync(file, 'utf8').includes(print))) return false;
  }
  const previous = process.cwd();
  process.chdir(root); // asc resolves its entry against the working directory
  const modules = {};
  try {
    const { default: asc } = await import('assemblyscript/asc');
    for (const kind of Object.keys(targets)) modules[kind] = await compile(asc, kind);
  } finally {
    process.chdir(previous);
  }
  mkdirSync(folder, { recursive: true });
  for (const kind of Object.keys(targets)) replaceFile(path.join(folder, `${kind}.wasm`), modules[kind]);
  const text = (kind) => Buffer.from(modules[kind]).toString('base64');
  const heading = `// Written by tools/buildKernels.mjs from assembly/; not kept in git. ${print}\n`;
  replaceFile(
    generated,
    heading +
      `/** The kernel modules, base64: \`plain\` multiplies and adds, \`fused\` uses relaxed SIMD's multiply-add. */\n` +
      `export const modules: Readonly<Record<'plain' | 'fused', string>> = {\n` +
      `  plain:\n    '${text('plain')}',\n  fused:\n    '${text('fused')}',\n};\n`,
  );
  replaceFile(
    generatedPhysics,
    `${heading}/** The rigid-body module, base64. */\nexport const physicsModule: string =\n  '${text('physics')}';\n`,
  );
  replaceFile(marker, print);
  return true;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const compiled = await buildKernels();
  console.log(compiled ? `kernels: compiled in ${((performance.now() - started) / 1000).toFixed(1)} s` : 'kernels: up to date');
}
