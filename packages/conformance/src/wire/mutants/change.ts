import { fromBytes, toBytes } from '../bytes.ts';
import { type Answer, type Request, withHeader } from './message.ts';

/** A change of an answer, by what was asked. */
export type Change = (answer: Answer, request: Request) => Answer;

/** Only where the request line (`GET /path?query`) fits. */
export const to =
  (line: RegExp, change: Change): Change =>
  (answer, request) =>
    line.test(`${request.method} ${request.target}`) ? change(answer, request) : answer;

/** Only answers with this status. */
export const where =
  (status: number, change: Change): Change =>
  (answer, request) =>
    answer.status === status ? change(answer, request) : answer;

/** One change after the other. */
export const both =
  (...changes: readonly Change[]): Change =>
  (answer, request) =>
    changes.reduce((changed, change) => change(changed, request), answer);

export const status =
  (code: number): Change =>
  (answer) => ({ ...answer, status: code });

/** A header with another value, or without one. */
export const header =
  (name: string, value?: string | ((value: string) => string)): Change =>
  (answer) => {
    const before = answer.headers.find(([each]) => each === name)?.[1];
    return withHeader(answer, name, typeof value === 'function' ? value(before ?? '') : value);
  };

/** The text of the body, changed. */
export const text =
  (change: (text: string) => string): Change =>
  (answer) => ({ ...answer, body: toBytes(change(fromBytes(answer.body))) });

/** The JSON of the body, changed; what is no JSON, or not all of it yet, stays. */
export const json =
  (change: (value: unknown) => unknown): Change =>
  (answer) => {
    const type = answer.headers.find(([name]) => name === 'content-type')?.[1] ?? '';
    if (!/json/.test(type) || answer.body === '') return answer;
    return { ...answer, body: changedJson(answer.body, change) };
  };

const changedJson = (body: string, change: (value: unknown) => unknown): string => {
  try {
    return toBytes(JSON.stringify(change(JSON.parse(fromBytes(body)))));
  } catch {
    return body;
  }
};

/** One member of the JSON of the body: `items.0.id`. Undefined takes it away; `*` is every item of a list. */
export const member = (path: string, change: (value: unknown) => unknown): Change =>
  json((value) => changed(value, path, change));

/** A value with one part of it changed; what is not there stays away. */
const changed = (
  value: unknown,
  path: string,
  change: (value: unknown) => unknown = () => undefined,
): unknown => {
  const [name = '', ...rest] = path.split('.');
  if (typeof value !== 'object' || value === null) return value;
  const deeper = (part: unknown) =>
    rest.length === 0 ? change(part) : changed(part, rest.join('.'), change);
  if (Array.isArray(value)) {
    return value.map((item, index) => (name === '*' || String(index) === name ? deeper(item) : item));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      name === '*' || key === name ? [key, deeper(part)] : [key, part],
    ),
  );
};

/** An object with a member more, or another one. */
export const set =
  (name: string, value: unknown) =>
  (object: unknown): unknown => ({ ...Object(object), [name]: value });

/** A change of a list; what is none stays. */
export const list =
  (change: (items: readonly unknown[]) => readonly unknown[]) =>
  (value: unknown): unknown =>
    Array.isArray(value) ? change(value) : value;

/** The items turned around. */
export const reversed = <Item>(items: readonly Item[]): readonly Item[] => [...items].reverse();

/** The items with the first of them twice. */
export const doubled = <Item>(items: readonly Item[]): readonly Item[] => [...items.slice(0, 1), ...items];

/** The items but the first. */
export const beheaded = <Item>(items: readonly Item[]): readonly Item[] => items.slice(1);

/** The whole frames of an event stream, each without the blank line behind it. */
export const frames = (change: (frames: readonly string[]) => readonly string[]): Change =>
  text((stream) => {
    const parts = stream.split('\n\n');
    const rest = parts.pop() ?? '';
    return (
      change(parts)
        .map((frame) => `${frame}\n\n`)
        .join('') + rest
    );
  });

/** The frames that carry an event. */
export const eventFrames = (change: (frames: readonly string[]) => readonly string[]): Change =>
  frames((all) => {
    const isEvent = (frame: string) => /^data:/m.test(frame) && !/^event:/m.test(frame);
    return [...all.filter((frame) => !isEvent(frame)), ...change(all.filter(isEvent))];
  });

/** A member of every event of a stream. */
export const eventMember = (path: string, change: (value: unknown) => unknown): Change =>
  frames((all) =>
    all.map((frame) =>
      frame.replace(
        /^data: (.*)$/m,
        (_line, data: string) => `data: ${JSON.stringify(changed(JSON.parse(data), path, change))}`,
      ),
    ),
  );

/** A change of a request, where its line fits. */
export const from =
  (line: RegExp, change: (request: Request) => Request) =>
  (request: Request): Request =>
    line.test(`${request.method} ${request.target}`) ? change(request) : request;

/** The request without a header, or with another one. */
export const sent =
  (name: string, value?: string) =>
  (request: Request): Request =>
    withHeader(request, name, value);

/** The request with another method. */
export const asked =
  (method: string) =>
  (request: Request): Request => ({ ...request, method });

/** The request for another target. */
export const target =
  (change: (target: string) => string) =>
  (request: Request): Request => ({ ...request, target: change(request.target) });

/** The request without a member of the query. */
export const withoutQuery = (name: string) => target((whole) => dropQuery(whole, name));

const dropQuery = (whole: string, name: string): string => {
  const [path = '', query] = whole.split('?');
  if (query === undefined) return whole;
  const kept = query.split('&').filter((pair) => pair.split('=')[0] !== name);
  return kept.length === 0 ? path : `${path}?${kept.join('&')}`;
};

/** The request with its JSON changed. */
export const body =
  (change: (value: unknown) => unknown) =>
  (request: Request): Request => ({ ...request, body: changedJson(request.body, change) });

/** The request with a member of its JSON changed, or without it. */
export const bodyMember = (path: string, change?: (value: unknown) => unknown) =>
  body((value) => changed(value, path, change));
