/**
 * What servers on this machine have in common.
 */

/** The address they listen on. */
export const loopback = '127.0.0.1';

/** Whether a request's Host header names this machine and the server's port. */
export function isLoopbackHost(host: string | undefined, port: number): boolean {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host?.toLowerCase() ?? '');
}
