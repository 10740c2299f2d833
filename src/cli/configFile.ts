/**
 * Configuration files: YAML (JSON is YAML too), with the line of every key kept for messages.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import type { Library } from './library.ts';

/** What a configuration file says. */
export interface ConfigFile {
  /** As the user wrote it. */
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
  /** The line of each key, from 1. */
  readonly lines: ReadonlyMap<string, number>;
}

// Far above any configuration, far below what would stall a parser.
const maxBytes = 1_000_000;

function readText(path: string, subject: string, library: Library): string {
  const { CohortError, show } = library;
  const refuse = (got: string, advice: string, cause?: unknown): never => {
    throw library.mistake(subject, 'a readable YAML file', got, advice, cause);
  };
  let bytes: Uint8Array;
  try {
    const information = statSync(path);
    if (information.isDirectory()) refuse(`${show(path)}, which is a folder`, 'name the file in it');
    if (!information.isFile()) refuse(`${show(path)}, which is not a plain file`, 'write the settings to a file');
    if (information.size > maxBytes) refuse(`${show(path)} of ${information.size} bytes`, 'name a file with settings only');
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof CohortError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') refuse(`${show(path)}, which does not exist`, 'check the path');
    return refuse(`${show(path)} (${code ?? 'unreadable'})`, 'check its permissions', error);
  }
  try {
    if (bytes.includes(0)) throw new TypeError('a zero byte');
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(`${show(path)}, which is not text in UTF-8`, 'name a text file such as settings.yaml');
  }
}

const oneFieldPerLine = 'write one `field: value` per line, for example `numEnvs: 32`';

/** Reads a file of settings. Throws `CohortError` with the line for everything that is wrong with it as YAML; `subject` is where the file was named. */
export async function readConfigFile(path: string, library: Library, subject = '--config'): Promise<ConfigFile> {
  const { mistake, show } = library;
  const text = readText(path, subject, library);
  const { LineCounter, isMap, isScalar, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const wrong = document.errors[0];
  if (wrong) {
    const place = `${path}:${lineCounter.linePos(wrong.pos[0]).line}`;
    throw mistake(place, 'YAML', `a mistake (${wrong.message.split('\n')[0]})`, oneFieldPerLine);
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { path, values: {}, lines: new Map() };
  if (!isMap(contents)) throw mistake(path, 'a record of fields', isScalar(contents) ? show(contents.value) : 'a list', oneFieldPerLine);
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key) || key.value !== '<<') return;
      const place = `${path}:${lineCounter.linePos(key.range?.[0] ?? 0).line}`;
      throw mistake(place, 'fields', 'a merge key (<<), which YAML 1.2 no longer has', 'write out the fields that it would bring');
    },
  });
  const lines = new Map<string, number>();
  // The fields of a config.json lie one level below.
  const nested = contents.items.flatMap(({ value }) => (isMap(value) ? value.items : []));
  for (const { key } of [...nested, ...contents.items]) {
    if (isScalar(key) && key.range) lines.set(String(key.value), lineCounter.linePos(key.range[0]).line);
  }
  try {
    return { path, values: document.toJS() as Record<string, unknown>, lines };
  } catch (error) {
    const got = `YAML that cannot be resolved (${(error as Error).message})`;
    throw mistake(path, 'a record of fields', got, 'write the values out instead of aliases', error);
  }
}

/** Files in the current folder that may hold settings, for completion. */
export function settingsFiles(): string[] {
  try {
    return readdirSync('.').filter((name) => /\.(ya?ml|json)$/.test(name));
  } catch {
    return [];
  }
}
