/** The API reference: one page per public entry point, made by TypeDoc from the declarations and their comments. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Application } from 'typedoc';
import { load as markdown } from 'typedoc-plugin-markdown';
import { listEntryPoints } from './entryPoints.mjs';

/** TypeDoc counts a name twice that is a heading once: `#name-1` becomes `#name` where the page has no second one. */
function mendAnchors(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.md'));
  const texts = new Map(files.map((name) => [join(folder, name), readFileSync(join(folder, name), 'utf8')]));
  const headings = (text, anchor) =>
    text.split('\n').filter((line) => /^#+ /.test(line) && line.replace(/\W/g, '').toLowerCase() === anchor).length;
  for (const [path, text] of texts) {
    const mended = text.replace(/\]\(([^)#\s]*)#(\w+)-1\)/g, (link, target, anchor) => {
      const other = texts.get(target === '' ? path : join(dirname(path), target)) ?? '';
      return headings(other, anchor) === 1 ? `](${target}#${anchor})` : link;
    });
    writeFileSync(path, mended);
  }
}

/** Writes the pages into `folder`. Throws if TypeDoc found an error. */
export async function writeApi(root, folder) {
  const points = listEntryPoints(root);
  const app = await Application.bootstrapWithPlugins({
    plugin: [markdown],
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
    tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true, hideSources: true },
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
  mendAnchors(folder);
}
