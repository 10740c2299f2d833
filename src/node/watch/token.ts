/** The secret in the address of the watch page: who does not have it gets nothing, another user of this machine included. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** 160 bits: not to be guessed, and the address still fits into a terminal of 80 columns. */
const bytes = 20;

/** A new token, in letters and digits. */
export function newToken(): string {
  return randomBytes(bytes).toString('hex');
}

/** Whether a text is the token, in a time that tells nothing about either. */
export function isToken(said: string, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(said), digest(token));
}
