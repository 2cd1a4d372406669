import {
  type AppRoute,
  type AppRouteResponse,
  isAppRouteNoBody,
  isAppRouteOtherResponse,
} from '@ts-rest/core';
import type { ContentObject, MediaTypeObject, ReferenceObject, ResponseObject } from 'openapi3-ts/oas31';
import { z } from 'zod';
import { problems } from '../problem.ts';
import { anyRoute, Bytes } from '../routes/router.ts';
import { ProblemDocument, ReplyFrame, ResyncEvent, SessionEvent, TerminalFrame } from '../schemas/index.ts';
import type { Components } from './components.ts';
import { headersOf } from './headers.ts';
import { toJsonSchema } from './json-schema.ts';
import type { PlacedRoute } from './routes.ts';
import { unsupported } from './unsupported.ts';

/** What each status means, in the words of RFC 9110 and its relatives. */
const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  304: 'Not Modified',
  503: 'Service Unavailable',
};

/** What the streams of single routes carry; all others carry events. */
const framesOf: Readonly<Record<string, z.ZodTypeAny>> = {
  'terminal.pty': TerminalFrame,
  'chat.stream': ReplyFrame,
};

/** The answers of a route: by status, with every media type. Usual problems are references. */
export const responsesOf = (
  { name, route, policy }: PlacedRoute,
  components: Components,
): Record<string, ResponseObject | ReferenceObject> =>
  Object.fromEntries(
    Object.entries(route.responses).map(([key, response]) => {
      const status = Number(key);
      if (isProblem(response)) return [key, { $ref: `#/components/responses/${problemName(status)}` }];
      const carried = framesOf[name] ?? SessionEvent;
      const content = contentOf(response, policy.media[status] ?? [], carried, components, [name, key]);
      return [
        key,
        { description: phrases[status] ?? `Status ${key}`, ...headersOf(status, route, policy), ...content },
      ];
    }),
  );

const isProblem = (response: AppRouteResponse): boolean =>
  isAppRouteOtherResponse(response) && response.body === ProblemDocument;

const contentOf = (
  response: AppRouteResponse,
  otherMedia: readonly string[],
  carried: z.ZodTypeAny,
  components: Components,
  at: readonly string[],
): { content?: ContentObject } => {
  if (isAppRouteNoBody(response)) return {};
  const [mediaType, body] = isAppRouteOtherResponse(response)
    ? [response.contentType, response.body]
    : ['application/json', response];
  // What is no text has no schema, as OpenAPI 3.1 has it.
  if (body === Bytes) return { content: { [mediaType]: {} } };
  if (!(body instanceof z.ZodType)) return unsupported('an answer without a schema', at);
  const content: ContentObject = { [mediaType]: { schema: toJsonSchema(body, components.output, at) } };
  for (const other of otherMedia) content[other] = textual(other, carried, components);
  return { content };
};

const frames = [
  'Server-sent events. A frame has an `id` to resume after, by `Last-Event-ID` or `after`, and `data`: one JSON object',
  'of the kind `x-frame-data` describes. A frame with `event: cursor` only moves the id. Answered with 204 when the',
  'session has ended and nothing is left.',
].join(' ');

/** What JSON Schema cannot see into. For an event stream the extension tells what each frame's data holds. */
const textual = (mediaType: string, carried: z.ZodTypeAny, { output }: Components): MediaTypeObject => ({
  schema: { type: 'string', ...(mediaType === 'text/event-stream' && { description: frames }) },
  ...(mediaType === 'text/event-stream' && {
    'x-frame-data': {
      anyOf: [toJsonSchema(carried, output), toJsonSchema(ResyncEvent, output)],
    },
  }),
});

const problemName = (status: number): string => `Problem${status}`;

/** The problems of each status that a route declares, to be referred to. */
export const problemResponses = (
  routes: readonly PlacedRoute[],
  { output }: Components,
): Record<string, ResponseObject> => {
  const declared = routes.flatMap(({ route }) => statusesOfProblems(route));
  const statuses = [...new Set([...Object.keys(anyRoute).map(Number), ...declared])].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => [
      problemName(status),
      {
        description: codesOf(status),
        ...headersOf(status),
        content: { 'application/problem+json': { schema: toJsonSchema(ProblemDocument, output) } },
      },
    ]),
  );
};

const statusesOfProblems = ({ responses }: AppRoute): number[] =>
  Object.entries(responses).flatMap(([status, response]) => (isProblem(response) ? [Number(status)] : []));

const codesOf = (status: number): string =>
  Object.entries(problems)
    .filter(([, problem]) => problem.status === status)
    .map(([code, { title }]) => `\`${code}\`: ${title}.`)
    .join(' ');
