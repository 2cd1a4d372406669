import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { getResponse, type RequestHandler } from 'msw';

/** Handlers of MSW behind a socket, so that what reads bytes can look at what a page would get. */
export const serveHandlers = async (
  handlers: readonly RequestHandler[],
): Promise<{ readonly url: string; close(): Promise<void> }> => {
  const server = createServer((incoming, outgoing) => {
    answer(handlers, incoming, outgoing).catch((error: unknown) => outgoing.destroy(Object(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const answer = async (
  handlers: readonly RequestHandler[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> => {
  const leaving = new AbortController();
  outgoing.on('close', () => leaving.abort());
  const { method = 'GET', url = '/', rawHeaders } = incoming;
  const headers = new Headers();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2)
    headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '');
  const body = method === 'GET' || method === 'HEAD' ? Buffer.alloc(0) : await buffer(incoming);
  const request = new Request(`http://harbor.test${url}`, {
    method,
    headers,
    signal: leaving.signal,
    ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
  });
  const response = await getResponse([...handlers], request);
  if (response === undefined) {
    outgoing.writeHead(501).end();
    return;
  }
  outgoing.writeHead(response.status, [...response.headers].flat());
  try {
    for await (const chunk of response.body ?? []) outgoing.write(chunk);
    outgoing.end();
  } catch {
    outgoing.destroy();
  }
};
