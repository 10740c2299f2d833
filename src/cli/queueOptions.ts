/**
 * What commands that use a queue share: its address, and the folder that machines share.
 */
import { Option } from 'commander';
import { parseQueueAddress, type QueueAddress } from '../node/queue/address.ts';
import type { Library } from './library.ts';

const server = 'the address of a Redis or Valkey server, redis://host:6379';

/** The option `--queue` of commands that work on a queue. */
export function queueOption(): Option {
  return new Option('--queue <address>', `${server} (default: what COHORT_QUEUE says)`);
}

/** The option `--queue` of commands whose runs may go to one. */
export function submitOption(purpose = 'let workers elsewhere train (see `worker`)'): Option {
  return new Option('--queue <address>', `${purpose}: ${server}`);
}

/** The option `--shared-folder`. */
export function sharedFolderOption(): Option {
  return new Option(
    '--shared-folder <folder>',
    'with --queue: a folder that all machines share; without it files travel through the server',
  );
}

/** The address that is meant by a command that needs one. Throws `CohortError` without one. */
export function queueAddress(said: string | undefined, library: Library): QueueAddress {
  const text = said ?? process.env.COHORT_QUEUE;
  if (text === undefined || text === '') {
    throw library.mistake(
      '--queue',
      'the address of a Redis or Valkey server',
      'nothing',
      'write for example --queue redis://localhost:6379',
    );
  }
  return parseQueueAddress(text);
}

/** The address without its password, for a command that is shown. */
export function withoutPassword(address: string): string {
  return address.replace(/^(\w+:\/\/[^/@:]*):[^@/]*@/, '$1@');
}
