/**
 * What the generators of pages share: raw files in, pages out. Each generator is a pure function from { path: text } to { path: text }, paths from the
 * root of the repository, so that a test can make every page again and compare.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../', import.meta.url);

/** The raw files below a folder of the repository. */
export function readFiles(folder) {
  const names = readdirSync(new URL(`${folder}/`, root), { recursive: true }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
  const raw = names.filter((name) => /\.(json|jsonl|ndjson|txt)$/.test(name)).sort();
  return Object.fromEntries(raw.map((name) => [name, readFileSync(new URL(name, root), 'utf8')]));
}

/** A JSON file among them; undefined if it is not there. */
export const readJson = (files, path) => (files[path] === undefined ? undefined : JSON.parse(files[path]));

/** Lines as the text of a page. */
export const pageOf = (lines) => `${lines.join('\n').trimEnd()}\n`;

/** Writes the pages of a generator if its file is the program that runs. */
export function writeIfMain(url, generate) {
  if (process.argv[1] !== fileURLToPath(url)) return;
  for (const [path, text] of Object.entries(generate())) writeFileSync(new URL(path, root), text);
}
