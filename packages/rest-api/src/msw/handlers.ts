import { type HttpHandler, http } from 'msw';
import type { Api } from '../api.ts';
import { incomingFrom } from './incoming.ts';
import { responseFrom } from './response.ts';

/** Which requests the API answers. */
export interface HandlersOptions {
  /** Where a page believes the server to be, for example `http://localhost:3001`. Any host when absent. */
  readonly base?: string | undefined;
}

/** What is served at the root besides `/api`. */
const paths = ['/api/*', '/problems/*', '/healthz', '/readyz', '/version', '/metrics'];

/** The API as request handlers of MSW: the same answers as a server gives, without one. Runs in a browser. */
export const createHandlers = (api: Api, { base = '*' }: HandlersOptions = {}): HttpHandler[] =>
  paths.map((path) =>
    http.all(base + path, async ({ request }) => {
      const exchange = new AbortController();
      const leave = () => exchange.abort();
      request.signal.addEventListener('abort', leave, { once: true });
      const incoming = await incomingFrom(request, exchange.signal);
      return responseFrom(request, await api.handle(incoming), leave);
    }),
  );
