/**
 * What people call a run: a name and tags. They decide nothing of what is trained.
 */
import { failure, mistake, show } from '../core/errors.ts';
import { isVisible } from '../core/text.ts';

/** Most characters of a name or a tag. */
const maxCharacters = 100;
/** Most tags of a run. */
export const maxTags = 20;
const expectedLabel = `text of 1 to ${maxCharacters} characters without control characters`;

/** A name and tags of a run. */
export interface RunLabels {
  /** What the run is called in tables, charts and titles. Default: what was trained on what. */
  readonly name?: string | undefined;
  /** Words to find the run by, each once. */
  readonly tags?: readonly string[] | undefined;
}

/** Whether a value can be a name or a tag. */
export function isLabel(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '' && value.length <= maxCharacters && isVisible(value);
}

/** What is wrong with a name and tags: which, what was expected, what there was; `undefined` where all is well. */
function faultOf({
  name,
  tags,
}: {
  readonly name?: unknown;
  readonly tags?: unknown;
}): readonly [field: string, expected: string, got: string] | undefined {
  if (name !== undefined && !isLabel(name)) return ['name', expectedLabel, shorten(name)];
  if (tags === undefined) return undefined;
  if (!Array.isArray(tags)) return ['tags', 'a list of texts', shorten(tags)];
  if (tags.length > maxTags) return ['tags', `at most ${maxTags} of them`, String(tags.length)];
  const at = tags.findIndex((tag) => !isLabel(tag));
  return at < 0 ? undefined : ['tags', expectedLabel, shorten(tags[at])];
}

/** The labels among other things; those that are missing are left out. */
export function labelsOf({ name, tags }: RunLabels = {}): RunLabels {
  return { ...(name !== undefined && { name }), ...(tags && { tags }) };
}

function shorten(value: unknown): string {
  return typeof value === 'string' && value.length > maxCharacters ? `${value.length} characters` : show(value);
}

/** The labels that a program gave; tags that were said twice are kept once. Throws `CohortError`; `nameOf` writes a field as the user wrote it. */
export function checkLabels(
  given: RunLabels,
  subject: string,
  nameOf: (field: string) => string = (field) => `${subject}: ${field}`,
): RunLabels {
  const fault = faultOf(given);
  if (fault) throw mistake(nameOf(fault[0]), fault[1], fault[2], 'write a few plain words, or leave it out');
  const { name, tags = [] } = given;
  return { ...(name !== undefined && { name }), ...(tags.length > 0 && { tags: [...new Set(tags)] }) };
}

/** Throws `CohortError` (kind `failure`) unless what a file holds are labels. */
export function checkStoredLabels(stored: { readonly name?: unknown; readonly tags?: unknown }, where: string, advice: string): void {
  const fault = faultOf(stored);
  if (fault) throw failure(`${where}: ${fault[0]}`, fault[1], fault[2], advice);
}
