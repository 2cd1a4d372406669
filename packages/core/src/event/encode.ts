import type { EventBody } from '@agent-harbor/api-contract/schemas';
import { timestamp } from '../clock.ts';
import type { NewEvent } from '../executor/executor.ts';
import { utf8Bytes } from './bytes.ts';
import { cutText } from './cut-text.ts';

/** No event is larger than this once encoded, in bytes. */
export const eventBytes = 256 * 1024;

/** Tool arguments are kept to this depth, so that nobody who reads them runs out of stack. */
const deepestLevel = 64;
const smallestText = 256;
const keptEntries = 100;

/**
 * The wire form of an event, written once when the log takes it: type first, then its place, then its members.
 * Recorders split and shorten long output; what is above `eventBytes` all the same is cut here, and says so in its
 * text (and by `truncated` where the event has that member).
 */
export const encodeEvent = (sessionId: string, seq: number, { at, body }: NewEvent): string => {
  const place = { seq, ts: timestamp(at), sessionId };
  // Named twice: first for the order of the members, last so that no member of the body replaces the place.
  const encode = (members: object) => JSON.stringify({ type: body.type, ...place, ...members, ...place });

  if (body.type !== 'tool_use' || !isDeep(body.tool_args, deepestLevel)) {
    const whole = spliced(body, place) ?? encode(body);
    if (fits(whole)) return whole;
  }
  // Asked first, so that a hundred thousand small members are not copied once for every budget.
  const smallest = encode(withShortTexts(body, smallestText));
  if (!fits(smallest)) return encode(withFewMembers(body));
  for (let budget = eventBytes - 1024; budget > smallestText; budget = Math.floor(budget / 2)) {
    const cut = encode(withShortTexts(body, budget));
    if (fits(cut)) return cut;
  }
  return smallest;
};

/**
 * The same text for nearly all events, in a quarter of the time: the place is put into the JSON of the body. Undefined
 * where the body does not begin with its type, or has a member with a name of the place.
 */
const spliced = (
  body: EventBody,
  { seq, ts, sessionId }: { readonly seq: number; readonly ts: string; readonly sessionId: string },
): string | undefined => {
  if ('seq' in body || 'ts' in body || 'sessionId' in body) return undefined;
  const text = JSON.stringify(body);
  const head = `{"type":"${body.type}"`;
  if (!text.startsWith(head)) return undefined;
  return `${head},"seq":${seq},"ts":"${ts}","sessionId":${JSON.stringify(sessionId)}${text.slice(head.length)}`;
};

const fits = (json: string): boolean => json.length * 3 <= eventBytes || utf8Bytes(json) <= eventBytes;

const withShortTexts = (body: EventBody, budget: number): object => ({
  ...Object.fromEntries(Object.entries(body).map(([name, value]) => [name, shorten(value, budget, 1)])),
  ...(body.type === 'tool_result' || body.type === 'diff' ? { truncated: true } : {}),
});

/** The last resort against many small members: only these two events can have them. */
const withFewMembers = (body: EventBody): object => {
  const short = withShortTexts(body, smallestText);
  if (body.type === 'tool_use') {
    return {
      ...short,
      tool_args: { truncated: `${Object.keys(body.tool_args).length} arguments were too large to keep` },
    };
  }
  if (body.type === 'plan') {
    const entries = body.entries.slice(0, keptEntries);
    const content = `… [${body.entries.length - entries.length} entries cut] …`;
    return withShortTexts(
      { type: 'plan', entries: [...entries, { content, priority: 'low', status: 'pending' }] },
      smallestText,
    );
  }
  return short;
};

/** A copy in which no text is longer than `budget` and nothing lies deeper than `deepestLevel`. */
const shorten = (value: unknown, budget: number, level: number): unknown => {
  if (typeof value === 'string') return cutText(value, budget);
  if (typeof value !== 'object' || value === null) return value;
  if (level > deepestLevel) return '… [deeper levels cut] …';
  if (Array.isArray(value)) return value.map((item) => shorten(item, budget, level + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, shorten(member, budget, level + 1)]),
  );
};

const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)));
