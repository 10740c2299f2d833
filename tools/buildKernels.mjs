/**
 * Compiles `assembly/` into the kernel modules (plain, fused, and plain without transformers), and `assembly/physics/` into the rigid-body module, and writes them, as
 * printable text, each to a `generated.ts` of its own: what is not used is not bundled.
 *
 * `node tools/buildKernels.mjs` or `import { buildKernels }`. Does nothing when neither the sources nor the compiler changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { printableOf } from './printableBytes.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'build', 'kernels');

const common = ['-O3', '--noAssert', '--runtime', 'stub'];
const shared = [...common, '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];

/** What is built together: the sources, and for each module its flags and the file, name and comment of the constant that holds it. */
const groups = [
  {
    name: 'kernels',
    folders: ['assembly', 'assembly/transformer'],
    layouts: ['src/kernels/layout.ts', 'src/kernels/transformer/layout.ts'],
    modules: {
      plain: [...shared, '--enable', 'simd,threads,bulk-memory', '--use', 'WITH_TRANSFORMER=1'],
      perceptron: [...shared, '--enable', 'simd,threads,bulk-memory', '--use', 'WITH_TRANSFORMER=0'],
      fused: [...shared, '--enable', 'simd,threads,bulk-memory,relaxed-simd', '--use', 'WITH_TRANSFORMER=1'],
    },
    entries: { perceptron: 'perceptron.ts' },
    generated: {
      plain: ['src/kernels/plain/generated.ts', 'plainModule', 'The kernels that multiply and add'],
      perceptron: ['src/kernels/perceptron/generated.ts', 'perceptronModule', 'The plain kernels without those of transformers'],
      fused: ['src/kernels/fused/generated.ts', 'fusedModule', "The kernels that use relaxed SIMD's multiply-add"],
    },
  },
  {
    // Its memory is its own: one world or many per instance.
    name: 'physics',
    folders: ['assembly/physics'],
    layouts: ['src/envs/box2d/layout.ts'],
    modules: { physics: [...common, '--enable', 'simd,bulk-memory'] },
    generated: { physics: ['src/envs/box2d/generated.ts', 'physicsModule', 'The rigid-body module'] },
  },
];

/** The sources of a group, as paths relative to the root. */
function sourcesOf(group) {
  const filesOf = (folder) => readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.ts'));
  return [...group.folders.flatMap((folder) => filesOf(folder).map((name) => `${folder}/${name}`)).sort(), ...group.layouts];
}

function fingerprintOf(group) {
  const hash = createHash('sha256');
  const version = JSON.parse(readFileSync(path.join(root, 'node_modules', 'assemblyscript', 'package.json'), 'utf8')).version;
  hash.update(`assemblyscript ${version} ${JSON.stringify(group.modules)}\n`);
  // What is written depends on this file too.
  for (const name of [...sourcesOf(group), 'tools/buildKernels.mjs', 'tools/printableBytes.mjs'])
    hash.update(`${name}\n`).update(readFileSync(path.join(root, name)));
  return hash.digest('hex');
}

/** Writes beside the target and renames, so that two builds at once never leave half a file. */
function replaceFile(file, data) {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, data);
  renameSync(temporary, file);
}

async function compile(asc, group, kind) {
  let module;
  const entry = group.entries?.[kind] ?? 'index.ts';
  const { error, stderr } = await asc.main([`${group.folders[0]}/${entry}`, ...group.modules[kind], '--outFile', 'module.wasm'], {
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

async function buildGroup(group) {
  const print = fingerprintOf(group);
  const generated = Object.values(group.generated).map(([file]) => path.join(root, file));
  const marker = path.join(folder, `${group.name}.fingerprint`);
  const kinds = Object.keys(group.modules);
  const outputs = [...kinds.map((kind) => path.join(folder, `${kind}.wasm`)), ...generated, marker];
  if (outputs.every((file) => existsSync(file)) && readFileSync(marker, 'utf8') === print) {
    if (generated.every((file) => readFileSync(file, 'utf8').includes(print))) return false;
  }
  const previous = process.cwd();
  process.chdir(root); // asc resolves its entry against the working directory
  const modules = {};
  try {
    const { default: asc } = await import('assemblyscript/asc');
    for (const kind of kinds) modules[kind] = await compile(asc, group, kind);
  } finally {
    process.chdir(previous);
  }
  mkdirSync(folder, { recursive: true });
  for (const kind of kinds) replaceFile(path.join(folder, `${kind}.wasm`), modules[kind]);
  const heading = `// Written by tools/buildKernels.mjs from ${group.folders[0]}/; not kept in git. ${print}\n`;
  for (const [kind, [file, name, comment]] of Object.entries(group.generated)) {
    const text = printableOf(modules[kind]);
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    replaceFile(
      path.join(root, file),
      `${heading}/** ${comment}, for bytesOfPrintable. */\nexport const ${name}: string =\n  '${text}';\n`,
    );
  }
  replaceFile(marker, print);
  return true;
}

/** Builds what is out of date; resolves to whether anything was compiled. */
export async function buildKernels() {
  let compiled = false;
  for (const group of groups) compiled = (await buildGroup(group)) || compiled;
  return compiled;
}

if (process.argv[1] && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const started = performance.now();
  const compiled = await buildKernels();
  console.log(compiled ? `kernels: compiled in ${((performance.now() - started) / 1000).toFixed(1)} s` : 'kernels: up to date');
}
