/**
 * What the answers of a server of the Tinker protocol mean, and each of its refusals in one sentence.
 */
import * as z from 'zod/mini';
import { type CohortError, failure } from '../../../core/errors.ts';
import { parseJson } from '../../../core/json.ts';
import { RequestError } from '../../../run/request.ts';
import { type Outcome, reasonSaid, type ServerKind } from '../requests.ts';
import { decodeResult, protobufType } from './protobuf.ts';
import { failed, notYet } from './wire.ts';

/** The environment variable with the key of the server: it is written nowhere. */
export const apiKeyVariable = 'TINKER_API_KEY';

/** Its servers, as messages call them. */
export const tinkerKind: ServerKind = {
  noun: 'a server that speaks the Tinker protocol',
  keyVariable: apiKeyVariable,
  ending: /\/api\/v1$/,
  example: 'http://127.0.0.1:8000',
};

/** Whether an answer says that the result is not there yet. */
export function isPending(outcome: Outcome): boolean {
  return !(outcome instanceof RequestError) && outcome.type !== protobufType && z.safeParse(notYet(), parseJson(outcome.bytes)).success;
}

/** What an answer of an endpoint holds, checked in full. Throws `CohortError` for one that is none, and for a refusal. */
export function readAnswer<Schema extends z.core.$ZodType>(
  subject: string,
  endpoint: string,
  outcome: Outcome,
  schema: Schema,
): z.output<Schema> {
  if (outcome instanceof RequestError) {
    const advice = 'check that it runs and that the address is right, then resume the run';
    throw failure(subject, 'a server that answers', outcome.message, advice, outcome);
  }
  const { ok, status, type, bytes } = outcome;
  const isMessage = ok && type === protobufType;
  const value = isMessage ? decodeResult(endpoint, bytes) : parseJson(bytes);
  const no = z.safeParse(failed(), value);
  if (!ok || no.success) throw refusal(subject, status, no.success ? no.data.error : reasonSaid(bytes));
  const read = z.safeParse(schema, value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const nothing = isMessage ? 'a message that cannot be read' : 'no JSON';
  const got = value === undefined ? nothing : `${issue?.path.join('.') || 'an answer'} that is not (${issue?.message})`;
  const advice = 'check the address; a server of another version may speak otherwise (this is the protocol of tinker 0.24 and 0.25)';
  throw failure(subject, 'an answer of the Tinker protocol', got, advice);
}

function refusal(subject: string, status: number, said: string): CohortError {
  const got = `HTTP ${status}${said === '' ? '' : `: ${said}`}`;
  if (status === 401 || status === 403) {
    return failure(subject, 'a key that the server knows', got, `set the environment variable ${apiKeyVariable} to it`);
  }
  if (status === 404 && (said === '' || said === 'Not Found')) {
    return failure(subject, 'a server of the Tinker protocol', got, 'check the address: it is the part before /api/v1');
  }
  if (status === 404) {
    const advice = 'the server may have been started again: resume the run, which begins from what it saved';
    return failure(subject, 'what was made there before', got, advice);
  }
  return failure(subject, 'a result', got, 'look at the log of the server');
}
