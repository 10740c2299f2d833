/** What the package exports: everything has a doc comment, and the root holds no more than a person can hold in mind. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { entries } from '../../tools/build.mjs';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Public entries: rooms, and those that have one file per platform. */
const rooms = Object.values(entries).filter((path) => /\/(index|display|lm|share|worker)\.ts$/.test(path));
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile).config, ts.sys, root);
const program = ts.createProgram({ rootNames: rooms.map((path) => root + path), options });
const checker = program.getTypeChecker();

/** The exports of a file, those of other files that it passes on included. */
function exportsOf(path: string): ts.Symbol[] {
  const module = checker.getSymbolAtLocation(program.getSourceFile(root + path)!)!;
  return checker.getExportsOfModule(module);
}

function withoutAlias(symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/** By a comment of its own, or by those of what it is called with. */
function isDocumented(symbol: ts.Symbol): boolean {
  if (symbol.getDocumentationComment(checker).length > 0) return true;
  const signatures = checker.getTypeOfSymbol(symbol).getCallSignatures();
  return signatures.length > 0 && signatures.every((signature) => signature.getDocumentationComment(checker).length > 0);
}

describe('the public names', () => {
  it.each(rooms)('of %s all have a doc comment', (path) => {
    const names = exportsOf(path);
    expect(names.length).toBeGreaterThan(0);
    // The comment of a list of exports is not one of what it lists.
    const bare = names.map(withoutAlias).filter((symbol) => !isDocumented(symbol));
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  it('lie in the entries of package.json, one per built room', () => {
    const { exports } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { exports: Record<string, object | string> };
    const sources = Object.entries(exports).flatMap(([path, target]) => {
      const name = path.match(/^\.\/([a-z]+)$/)?.[1];
      if (name === undefined) return [];
      return Object.hasOwn(Object(target), 'browser') ? [`src/node/${name}.ts`, `src/browser/${name}.ts`] : [`src/${name}/index.ts`];
    });
    expect(sources.sort()).toEqual(rooms.filter((path) => !/(node|browser)\/index/.test(path)).sort());
  });

  it.each(['train', 'trainLanguageModel'])('of what %s takes all have a doc comment, which an editor shows', (name) => {
    const { valueDeclaration } = withoutAlias(exportsOf('src/node/index.ts').find((symbol) => symbol.name === name)!);
    const [signature] = checker.getTypeAtLocation(valueDeclaration!).getCallSignatures();
    const fields = checker.getTypeOfSymbol(signature!.parameters[0]!).getProperties();
    expect(fields.length).toBeGreaterThan(40);
    expect(fields.filter((field) => !isDocumented(field)).map((field) => field.name)).toEqual([]);
  });

  it.each([
    ['Node', () => import('../../src/node/index.ts')],
    ['a browser', () => import('../../src/browser/index.ts')],
  ] as const)('of the root are at most 40 values in %s', async (_, load) => {
    const names = Object.keys(await load()).sort();
    expect(names.length, names.join(', ')).toBeLessThanOrEqual(40);
  });
});
