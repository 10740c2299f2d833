/** The kinds of broken files that tests refuse, counted: the table of docs/untrusted.md. */
import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The rows of the tables in a file of tests whose titles say that each is refused. */
function refused(path: string): number {
  const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
  let rows = 0;
  // A table stands where it is used, or at the top of the file.
  const named = new Map<string, ts.Expression>();
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && ts.isIdentifier(node.name) && node.initializer) named.set(node.name.text, node.initializer);
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !ts.isCallExpression(node.expression)) return;
    const [title] = node.arguments;
    const [given] = node.expression.arguments;
    const table = given && ts.isIdentifier(given) ? named.get(given.text) : given;
    if (!title || !ts.isStringLiteralLike(title) || !/refuse/.test(title.text)) return;
    if (table && ts.isArrayLiteralExpression(table)) rows += table.elements.length;
    else throw new Error(`${path}: ${title.text}: expected a table of rows`);
  };
  visit(source);
  return rows;
}

const page = read('docs/untrusted.md');
const rows = [...page.matchAll(/^\| ([^|]+) \| (\d+) \| ((?:`test\/[^|]+`,? ?)+) \|$/gm)].map(([, what, kinds, paths]) => {
  return [what!, Number(kinds), [...paths!.matchAll(/`(test\/[^`]+)`/g)].map(([, path]) => path!)] as const;
});

describe('docs/untrusted.md', () => {
  it.each(rows)('%s: %i kinds are refused', (_, kinds, paths) => {
    expect(paths.map(refused).reduce((sum, one) => sum + one, 0)).toBe(kinds);
  });

  it('counts more than sixty', () => {
    const total = rows.reduce((sum, [, kinds]) => sum + kinds, 0);
    expect(total).toBeGreaterThan(60);
    expect(page).toContain(`**${total} kinds**`);
  });
});
