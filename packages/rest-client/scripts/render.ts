import { Bytes, type Contract, contract, isPolicy } from '@agent-harbor/api-contract';
import { isProblemCode } from '@agent-harbor/api-contract/problem';
import { z } from 'zod';

/** Any route of the contract, as far as the SDK looks at it. */
interface Leaf {
  readonly method: string;
  readonly path: string;
  readonly summary?: string;
  readonly query?: unknown;
  readonly headers?: unknown;
  readonly body?: unknown;
  readonly responses: Readonly<Record<number, unknown>>;
  readonly metadata?: unknown;
}

/** What a route takes and gives beside JSON answers: nothing, a body, an event stream, both of them, bytes. */
type Kind = '' | ' {}' | ' sse' | ' {} sse' | ' bytes';

/** What the options of a method mean themselves, so no query member may have the name. */
const taken = ['signal', 'timeoutMs', 'idempotencyKey', 'ifMatch', 'ifNoneMatch'];
/** The headers a method can send. */
const sent = ['idempotency-key', 'if-match', 'if-none-match', 'last-event-id'];

/** Every route a program calls. Pages for people and numbers for scrapers would only make the SDK heavier. */
const groups = (routes: Contract = contract): [string, [string, Leaf][]][] =>
  Object.entries(routes).map(([group, leaves]) => [
    group,
    Object.entries<Leaf>(leaves).filter(([name, route]) => !isPage(`${group}.${name}`, route)),
  ]);

/** The table of routes that the SDK carries instead of the contract, which would bring zod along. */
export const renderTable = (): string =>
  file(
    '',
    '/**',
    ' * Every route that answers programs: its method, its path below `/api/v1/` (or from the root), what it carries beside JSON answers. A',
    ' * parameter of a path is named for what is not found when it names nothing; `*` stands for the name of the route.',
    ' */',
    'export const table = {',
    ...groups().flatMap(([group, leaves]) => [
      `  ${group}: {`,
      ...leaves.map(([name, route]) => `    ${name}: '${entry(`${group}.${name}`, route)}',`),
      '  },',
    ]),
    '} as const;',
  );

/** The typed method of every route, with what the contract says about it. */
export const renderApi = (): string =>
  file(
    "import type { In, Out, RequestOptions, Sent } from './contract.ts';",
    '',
    '/** Every route of the contract as a method, by the noun it is about. */',
    'export interface Api {',
    ...groups().map(([group]) => `  readonly ${group}: ${interfaceName(group)};`),
    '}',
    ...groups().flatMap(([group, leaves]) => [
      '',
      `/** The routes of \`${group}\`. */`,
      `interface ${interfaceName(group)} {`,
      ...leaves.flatMap(([name, route]) => method(group, name, route)),
      '}',
    ]),
  );

const file = (...lines: string[]): string =>
  [
    '// Generated from the contract: `pnpm --filter @agent-harbor/rest-client routes` writes it, a test holds it.',
    ...lines,
    '',
  ].join('\n');

const interfaceName = (group: string): string => `${group.charAt(0).toUpperCase()}${group.slice(1)}Api`;

const entry = (name: string, route: Leaf): string => {
  check(name, route);
  const leaf = name.split('.')[1];
  const path = route.path
    .replace(/^\/api\/v1\//, '')
    .replace(/:(\w+)/g, (_, parameter) => `:${noun(name, parameter)}`)
    .replace(/(?<=\/)\w+$/, (last) => (last === leaf ? '*' : last));
  return `${route.method} ${path}${kindOf(name, route)}`;
};

/** What a parameter of a path names: `taskId` a task, the `id` of a draft a draft. */
const noun = (route: string, parameter: string): string => {
  if (parameter.endsWith('Id')) return parameter.slice(0, -2);
  return nouns[parameter] ?? nouns[route.split('.')[0] ?? ''] ?? 'session';
};

const nouns: Readonly<Record<string, string>> = {
  path: 'file',
  file: 'agent',
  drafts: 'draft',
  webhooks: 'webhook',
  catalogue: 'repository',
};

const method = (group: string, name: string, route: Leaf): string[] => {
  const place = `${group}.${name}`;
  const kind = kindOf(place, route);
  const isOptional = route.body instanceof z.ZodType && route.body.isOptional();
  const parameters = [
    ...parametersOf(route.path).map((parameter) => `${parameter}: string`),
    ...(kind.startsWith(' {}') ? [`body${isOptional ? '?' : ''}: Sent<'${place}'>`] : []),
    ...(membersOf(route.query).length > 0 && !kind.endsWith('sse')
      ? [`query?: In<'${place}'>`, 'options?: RequestOptions']
      : [`options?: In<'${place}'>`]),
  ];
  const answer = `Out<'${place}'>`;
  const line = `  ${name}(${parameters.join(', ')}): ${answer};`;
  // As the formatter of the repository would break it.
  const broken = [`  ${name}(`, ...parameters.map((parameter) => `    ${parameter},`), `  ): ${answer};`];
  return [
    `  /** ${route.summary}. \`${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}\` */`,
    ...(line.length <= 110 ? [line] : broken),
  ];
};

/** Whether all it answers is text. */
const isPage = (name: string, { responses }: Leaf): boolean => {
  const answers = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const texts = answers.filter(([, answer]) => isOther(answer));
  if (texts.length > 0 && texts.length < answers.length) throw cannot(name, 'answers with text and without');
  return texts.length > 0;
};

const kindOf = (name: string, { body, metadata, responses }: Leaf): Kind => {
  const isStream = isPolicy(metadata) && metadata.media[200]?.includes('text/event-stream') === true;
  const takesBody = body instanceof z.ZodType;
  if (isBytes(responses[200])) {
    if (isStream || takesBody) throw cannot(name, 'is of two kinds');
    return ' bytes';
  }
  return `${takesBody ? ' {}' : ''}${isStream ? ' sse' : ''}`;
};

const isOther = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'contentType' in answer && !isBytes(answer);

/** Whether it is handed out as it comes. */
const isBytes = (answer: unknown): boolean =>
  typeof answer === 'object' && answer !== null && 'body' in answer && answer.body === Bytes;

const parametersOf = (path: string): string[] => [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);

/** Refuses what the methods of the SDK could not send. */
const check = (name: string, { path, query, headers, summary }: Leaf): void => {
  if (summary === undefined) throw cannot(name, 'has no summary');
  for (const parameter of parametersOf(path)) {
    const code = `${noun(name, parameter)}-not-found`;
    if (!isProblemCode(code)) throw cannot(name, `has :${parameter}, but there is no ${code}`);
  }
  for (const member of membersOf(query)) {
    if (taken.includes(member)) throw cannot(name, `has a query member ${member}, which is an option`);
  }
  for (const header of membersOf(headers)) {
    if (!sent.includes(header)) throw cannot(name, `takes the header ${header}, which no option sends`);
  }
};

const membersOf = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

const cannot = (name: string, why: string): Error => new Error(`The SDK cannot call ${name}: it ${why}.`);
