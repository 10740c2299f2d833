/** The files of the watch page that stay the same: read once, so that a thousand answers hold one copy. */
import { readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { importMapOf, type Kind, type PageNeeds } from './headers.ts';

/** What an address gives. */
export interface Content {
  readonly kind: Kind;
  readonly body: Uint8Array;
}

/** Where those files are. */
export interface ContentFolders {
  /** Folder of the built page: `index.html`, `page.js`, `page.css`. */
  readonly pageFolder: string;
  /** Folder of the package `@mujoco/mujoco`, where the environment needs it. */
  readonly mujocoFolder?: string | undefined;
  /** Folder of the builds of the package `three`, where bodies may be seen in space. */
  readonly threeFolder?: string | undefined;
  /** Files of the modules of users, by the address that the state says. */
  readonly modules?: ReadonlyMap<string, string>;
}

/** What the page of these files needs. */
export function needsOf({ mujocoFolder, threeFolder, modules }: Omit<ContentFolders, 'pageFolder'>): PageNeeds {
  return { mujoco: mujocoFolder !== undefined, modules: (modules?.size ?? 0) > 0, three: threeFolder !== undefined };
}

/** The builds of three.js that a page loads: the first imports the second. */
const threeFiles = ['three.module.js', 'three.core.js'];

/**
 * The files of three.js by their addresses. Two megabytes that few pages ask for: each is read when it is asked for first, and kept. `undefined` for any
 * other address.
 */
export function threeContents(threeFolder: string | undefined): (address: string) => Promise<Content> | undefined {
  const read = new Map<string, Promise<Content>>();
  return (address) => {
    const name = threeFiles.find((file) => address === `three/${file}`);
    if (threeFolder === undefined || name === undefined) return undefined;
    let content = read.get(name);
    if (!content) {
      content = readFile(join(threeFolder, name)).then((body) => ({ kind: 'js', body }));
      read.set(name, content);
      content.catch(() => read.delete(name));
    }
    return content;
  };
}

/** A file for the page: TypeScript without its types, where this Node knows how. */
async function readForPage(file: string): Promise<Uint8Array> {
  const body = await readFile(file);
  const { stripTypeScriptTypes: strip } = nodeModule as { readonly stripTypeScriptTypes?: (text: string) => string };
  return strip && /\.[cm]?ts$/.test(file) ? Buffer.from(strip(body.toString('utf8'))) : body;
}

/** Every file that is always there, by its address below the token; the page itself is `''`. */
export async function readContents({
  pageFolder,
  mujocoFolder,
  threeFolder,
  modules,
}: ContentFolders): Promise<ReadonlyMap<string, Content>> {
  const html = await readFile(join(pageFolder, 'index.html'), 'utf8');
  const imports = importMapOf(needsOf({ mujocoFolder, threeFolder, modules }));
  const map = imports === '' ? '' : `<script type="importmap">${imports}</script>`;
  const files: (readonly [address: string, kind: Kind, file: string])[] = [
    ['page.js', 'js', join(pageFolder, 'page.js')],
    ['page.css', 'css', join(pageFolder, 'page.css')],
    ...[...(modules ?? [])].map(([address, file]) => [address, 'js', file] as const),
  ];
  if (mujocoFolder !== undefined) {
    for (const kind of ['js', 'wasm'] as const) files.push([`mujoco/mujoco.${kind}`, kind, join(mujocoFolder, `mujoco.${kind}`)]);
  }
  const read = files.map(async ([address, kind, file]) => [address, { kind, body: await readForPage(file) }] as const);
  const page = { kind: 'html', body: Buffer.from(html.replace('<!-- import map -->', map)) } as const;
  return new Map<string, Content>([['', page], ...(await Promise.all(read))]);
}
