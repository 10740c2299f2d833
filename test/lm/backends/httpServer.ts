/**
 * A reference server on a port of this machine.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ReferenceServer } from './referenceServer.ts';

/** Puts a server on a free port; its address, and what closes it. `before` stands before its endpoints, and the key in that header. */
export async function listen(
  server: Pick<ReferenceServer, 'handle'>,
  port = 0,
  { before = '/api/v1/', keyHeader = 'x-api-key' } = {},
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const text = request.method === 'GET' ? undefined : Buffer.concat(parts).toString('utf8');
      const key = request.headers[keyHeader];
      const { status, body } = server.handle(String(request.url).replace(before, ''), text, typeof key === 'string' ? key : undefined);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => {
    http.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
}
