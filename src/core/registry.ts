/** Things that are known by a name, such as environments and algorithms. A registry is a value, not a global. */
import { isRecord } from './arguments.ts';
import { mistake, show, suggest } from './errors.ts';

/** How a registry finds its entries, and how it speaks of them in errors. */
export interface RegistryWords<T> {
  /** The member of an entry that names it; its value is a string. */
  readonly key: keyof T & string;
  /** What one entry is: `environment`. */
  readonly noun: string;
  /** What a caller should do whose name is taken. */
  readonly whenTaken: string;
  /** Where all names can be seen, added to the suggestion for an unknown name. */
  readonly whereListed?: string;
}

const withArticle = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** Entries of one kind by their names, in the order of registration. */
export class Registry<T> {
  readonly #entries = new Map<string, T>();
  readonly #words: RegistryWords<T>;

  constructor(words: RegistryWords<T>) {
    this.#words = words;
  }

  /** Adds an entry; the same one again changes nothing. Throws `CohortError` if its name is taken. */
  register(entry: T): this {
    const { key, noun } = this.#words;
    const name: unknown = isRecord(entry) ? entry[key] : undefined;
    if (typeof name !== 'string' || name === '')
      throw mistake('register', `${withArticle(noun)} with ${withArticle(key)}`, show(entry), 'give it one');
    if (this.#entries.has(name) && this.#entries.get(name) !== entry) this.refuse(name);
    this.#entries.set(name, entry);
    return this;
  }

  /** Throws `CohortError`: that name is taken. */
  protected refuse(name: string): never {
    const { key, whenTaken } = this.#words;
    throw mistake('register', `${withArticle(key)} that is free`, show(name), whenTaken);
  }

  /** The names of all entries, in the order of registration. */
  names(): string[] {
    return [...this.#entries.keys()];
  }

  /** All entries, in the order of registration. */
  list(): T[] {
    return [...this.#entries.values()];
  }

  /** The entry of that name, or `undefined`. */
  find(name: string): T | undefined {
    return this.#entries.get(name);
  }

  /** The entry of that name. Throws `CohortError` with the nearest names if there is none. */
  get(name: string): T {
    const entry = this.find(name);
    if (entry !== undefined) return entry;
    const { key, noun, whereListed } = this.#words;
    const advice = suggest(name, this.names()) + (whereListed === undefined ? '' : ` (${whereListed})`);
    throw mistake(noun, `the ${key} of a known ${noun}`, show(name), advice);
  }
}
