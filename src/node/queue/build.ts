/**
 * Which build of the package this is: workers take runs of their own build alone, so that all runs of a sweep are made of the same code.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../core/version.ts';

/** A build of the package. */
export interface PackageBuild {
  readonly version: string;
  /** The first 12 hexadecimal digits of the SHA-256 over the names and bytes of its JavaScript files. */
  readonly digest: string;
}

let known: PackageBuild | undefined;

/** The build that runs here; from the sources (tests), the one that was built of them last, which is also what trains. */
export function packageBuild(): PackageBuild {
  if (known) return known;
  const folder = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../../../dist/' : './', import.meta.url));
  const hash = createHash('sha256');
  // Types and maps say nothing of what runs.
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.m?js$/.test(name));
  for (const name of files.map((file) => file.replaceAll('\\', '/')).sort()) {
    const bytes = readFileSync(join(folder, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  known = { version, digest: hash.digest('hex').slice(0, 12) };
  return known;
}

/** `0.1.0 (1a2b3c4d5e6f)`: a build for messages. */
export function shownBuild({ version: number, digest }: PackageBuild): string {
  return `${number} (${digest})`;
}
