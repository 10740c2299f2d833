/** The API reference: one page per public entry point, made by TypeDoc from the declarations and their comments. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application } from 'typedoc';
import { entries } from '../build.mjs';

/** Public entry points: what a program imports, and the source behind it. Of two for two platforms, that of Node. */
export function listEntryPoints(root) {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries(exports).flatMap(([path, target]) => {
    const bundle = /([^/]+)\.js$/.exec(target.node ?? target.default ?? '')?.[1];
    return bundle ? [{ name: path === '.' ? 'cohort-rl' : `cohort-rl/${path.slice(2)}`, source: entries[bundle] }] : [];
  });
}

/** Writes the pages into `folder`. Throws if TypeDoc found an error. */
export async function writeApi(root, folder) {
  const points = listEntryPoints(root);
  const app = await Application.bootstrapWithPlugins({
    plugin: ['typedoc-plugin-markdown'],
    entryPoints: points.map(({ source }) => join(root, source)),
    tsconfig: join(root, 'tsconfig.json'),
    skipErrorChecking: true,
    readme: 'none',
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    githubPages: false,
    logLevel: 'Error',
    outputs: [{ name: 'markdown', path: folder }],
    outputFileStrategy: 'modules',
    excludeScopesInPaths: true,
    entryFileName: 'index',
    hideBreadcrumbs: true,
    hidePageHeader: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    typeDeclarationFormat: 'table',
    expandObjects: false,
    name: 'API',
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('the API reference: expected declarations, got errors; run `npm run check`');
  const names = new Map(points.map(({ name, source }) => [join(root, source), name]));
  for (const module of project.children) {
    const file = project.getSymbolIdFromReflection(module)?.fileName;
    module.name = names.get(file) ?? module.name;
  }
  await app.generateOutputs(project);
}
