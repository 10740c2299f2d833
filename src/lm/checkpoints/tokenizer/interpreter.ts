/**
 * Carries a chat template out within bounds. A template is a stranger's: `@huggingface/jinja` never evaluates JavaScript, but it bounds neither time nor
 * memory, so every step is counted and every value weighed here. Where the package differs from Python's Jinja, the step is done here too.
 */
import type { JinjaEnvironment, JinjaInterpreter, JinjaNode, JinjaValue, TokenizerPackages } from './packages.ts';

/** Longest text of a value, in UTF-16 units, with the texts and entries of a list: some million tokens. */
const longestText = 1 << 22;
/** Most entries of a list, those of lists in it counted too; Python's sandbox ends `range` at the same number (`MAX_RANGE` of jinja2/sandbox.py). */
const longestList = 100_000;
/** Most work of a rendering: some seconds. One for a step, and what `evaluate` below adds. */
const mostWork = 4_000_000;
/** What an entry costs that a loop runs over: the package makes a scope and nine values for each. */
const loopCost = 10;
/** Deepest nesting of steps. */
const deepestStep = 400;
/** Longest text that may stand between all entries of a list, or before all lines of a text. */
const longestFiller = 40;
/** Deepest nesting of a value. */
const deepest = 32;

/** A bound that a template ran into. */
export class TemplateBound extends Error {}

interface MemberNode extends JinjaNode {
  readonly object: JinjaNode;
  readonly property: JinjaNode & { readonly value?: unknown };
  readonly computed: boolean;
}
interface CallNode extends JinjaNode {
  readonly callee: JinjaNode & Partial<MemberNode> & { readonly value?: unknown };
  readonly args: readonly JinjaNode[];
}
interface FilterNode extends JinjaNode {
  readonly operand: JinjaNode;
  readonly filter: JinjaNode & Partial<CallNode> & { readonly value?: unknown };
}

/** White space as Python sees it (`str.isspace`): JavaScript's, without U+FEFF, with the separators of files to units and U+0085. */
function isPythonSpace(character: string): boolean {
  const code = character.codePointAt(0)!;
  return (code >= 0x1c && code <= 0x1f) || code === 0x85 || (code !== 0xfeff && /\s/u.test(character));
}

/** Python's `strip`, `lstrip` and `rstrip`: without characters, white space. */
function strip(text: string, side: string, [characters, ...others]: readonly unknown[]): string {
  if (others.length > 0 || (typeof characters !== 'string' && (characters ?? undefined) !== undefined)) {
    throw new TypeError(`${side} takes one text, or nothing`);
  }
  const units = [...text];
  const set = typeof characters === 'string' ? new Set(characters) : undefined;
  const goes = (character: string): boolean => (set === undefined ? isPythonSpace(character) : set.has(character));
  let start = 0;
  let end = units.length;
  if (side !== 'rstrip') while (start < end && goes(units[start]!)) start++;
  if (side !== 'lstrip') while (end > start && goes(units[end - 1]!)) end--;
  return units.slice(start, end).join('');
}

/** Python's `replace`: the first `count` places, or all of them. */
function replaceText(text: string, [from, to, count, ...others]: readonly unknown[]): string {
  const most = count ?? -1;
  if (typeof from !== 'string' || typeof to !== 'string' || !Number.isInteger(most) || others.length > 0) {
    throw new TypeError('replace takes two texts, and a whole number');
  }
  const parts = from === '' ? ['', ...text, ''] : text.split(from);
  const limit = (most as number) < 0 ? parts.length - 1 : Math.min(most as number, parts.length - 1);
  bounded(text.length + limit * to.length);
  return [...parts.slice(0, limit), parts.slice(limit).join(from)].join(to);
}

const sides = new Set(['strip', 'lstrip', 'rstrip']);

/** `range` of Python, which ends at {@link longestList} numbers. */
export function boundedRange(...bounds: readonly unknown[]): number[] {
  if (bounds.length < 1 || bounds.length > 3 || !bounds.every(Number.isSafeInteger))
    throw new TypeError('range takes one to three whole numbers');
  const [start, stop, step = 1] = (bounds.length === 1 ? [0, ...bounds] : bounds) as number[];
  if (step === 0) throw new TypeError('the step of range is 0');
  const length = Math.max(0, Math.ceil((stop! - start!) / step));
  if (length > longestList) throw new TemplateBound(`a range of ${length} numbers, of which ${longestList} are the most`);
  return Array.from({ length }, (_, at) => start! + at * step);
}

/** An interpreter of the package that keeps to the bounds, and throws {@link TemplateBound} where a template does not. For one rendering. */
export function createInterpreter(jinja: TokenizerPackages['jinja'], environment: JinjaEnvironment): JinjaInterpreter {
  const weights = new WeakMap<object, number>();
  /** What loops run over. */
  const iterables = new WeakSet<JinjaNode>();
  let work = 0;

  const spend = (units: number): void => {
    work += units;
    if (work > mostWork) throw new TemplateBound(`more work than ${mostWork} steps`);
  };

  /** Characters and entries of a value with all that is in it; the parts of a list that is shared are counted as often as it stands there. */
  const weigh = (value: JinjaValue, depth = 0): number => {
    if (value.type === 'StringValue') return bounded((value.value as string).length);
    const size = sizeOf(value);
    if (size === 0) return 1;
    if (depth > deepest) throw new TemplateBound(`values nested deeper than ${deepest}`);
    // What it holds may change after it was weighed.
    if (value.type === 'NamespaceValue' && depth > 0) throw new TemplateBound('a namespace inside of a value');
    const known = value.type === 'NamespaceValue' ? undefined : weights.get(value);
    if (known !== undefined) return known;
    if (size > longestList) throw new TemplateBound(`a list of ${size}, of which ${longestList} are the most`);
    spend(size);
    let weight = 1;
    for (const child of value.value.values() as Iterable<JinjaValue>) weight = bounded(weight + weigh(child, depth + 1));
    weights.set(value, weight);
    return weight;
  };

  class BoundedInterpreter extends jinja.Interpreter {
    #depth = 0;

    override evaluate(node: JinjaNode | undefined, scope: JinjaEnvironment): JinjaValue {
      spend(1);
      if (++this.#depth > deepestStep) throw new TemplateBound(`steps nested deeper than ${deepestStep}`);
      try {
        return this.#weighed(node, scope);
      } finally {
        this.#depth--;
      }
    }

    #weighed(node: JinjaNode | undefined, scope: JinjaEnvironment): JinjaValue {
      if (node?.type === 'For') iterables.add(iterableOf(node));
      const value = (node && this.#asPython(node, scope)) ?? super.evaluate(node, scope);
      if (node?.type === 'Set') this.#checkTarget(node, scope);
      const size = value.type === 'StringValue' ? (value.value as string).length : sizeOf(value);
      spend(size / 64 + (node && iterables.has(node) ? loopCost * size : 0));
      weigh(value);
      return value;
    }

    /** The value of a step that the package does otherwise than Python; nothing for all others. */
    #asPython(node: JinjaNode, scope: JinjaEnvironment): JinjaValue | undefined {
      if (node.type === 'CallExpression') return this.#call(node as CallNode, scope);
      if (node.type === 'FilterExpression') return this.#filter(node as FilterNode, scope);
      return undefined;
    }

    #call({ callee, args }: CallNode, scope: JinjaEnvironment): JinjaValue | undefined {
      const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property?.value : undefined;
      if (typeof name !== 'string' || (!sides.has(name) && name !== 'replace')) return undefined;
      const text = this.evaluate(callee.object, scope);
      if (text.type !== 'StringValue') return undefined;
      if (name === 'replace') return sameType(text, replaceText(text.value, this.#values(args, scope)));
      // The package forgets the characters that should go.
      return sameType(text, strip(text.value, name, this.#values(args, scope)));
    }

    #filter({ operand, filter }: FilterNode, scope: JinjaEnvironment): JinjaValue | undefined {
      const name = filter.type === 'Identifier' ? filter.value : filter.callee?.value;
      const args = filter.args ?? [];
      if (name === 'join' || name === 'indent') {
        const longest = Math.max(
          0,
          ...this.#values(args, scope).map((value) => (typeof value === 'string' ? value.length : Number(value))),
        );
        if (longest > longestFiller)
          throw new TemplateBound(`a ${name} with ${longest} characters, of which ${longestFiller} are the most`);
      }
      if (name !== 'trim' && name !== 'replace') return undefined;
      const text = this.evaluate(operand, scope);
      if (text.type !== 'StringValue') return undefined;
      const values = this.#values(args, scope);
      return sameType(text, name === 'replace' ? replaceText(text.value, values) : strip(text.value, 'strip', values));
    }

    /** The values of arguments, in the order in which they are written; those with names too. */
    #values(args: readonly JinjaNode[], scope: JinjaEnvironment): unknown[] {
      return args.map((argument) => {
        const isNamed = argument.type === 'KeywordArgumentExpression';
        return this.evaluate(isNamed ? (argument as unknown as { readonly value: JinjaNode }).value : argument, scope).value;
      });
    }

    /** A namespace may change after it was weighed: it is weighed anew where it does. */
    #checkTarget(node: JinjaNode, scope: JinjaEnvironment): void {
      const { assignee } = node as JinjaNode & { readonly assignee: JinjaNode & Partial<MemberNode> };
      if (assignee.type === 'MemberExpression') weigh(this.evaluate(assignee.object, scope));
    }
  }
  return new BoundedInterpreter(environment);
}

function bounded(length: number): number {
  if (length > longestText) throw new TemplateBound(`a value of more than ${longestText} characters`);
  return length;
}

/** What a loop runs over, without its condition. */
function iterableOf(node: JinjaNode): JinjaNode {
  const { iterable } = node as JinjaNode & { readonly iterable: JinjaNode & { readonly lhs?: JinjaNode } };
  return (iterable.type === 'SelectExpression' && iterable.lhs) || iterable;
}

/** Number of entries of a list, a record or a namespace; 0 for other values. */
function sizeOf({ value }: JinjaValue): number {
  if (Array.isArray(value)) return value.length;
  return value instanceof Map ? value.size : 0;
}

/** A value of the same class with another text: the package keeps the class to itself. */
function sameType(value: JinjaValue, text: string): JinjaValue {
  const StringValue = value.constructor as new (text: string) => JinjaValue;
  return new StringValue(text);
}
