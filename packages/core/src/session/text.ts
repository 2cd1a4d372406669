import { type Page, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { readJson } from '../store/checked.ts';
import type { StoredEvent } from '../store/store.ts';
import { isTerminal } from './lifecycle.ts';
import { presentSession, sessionLinks } from './present.ts';
import { hidden, SessionRecord } from './record.ts';

// A session goes from the store to a caller of HTTP as text: to parse, check, show and encode it again is three quarters
// of what such a request costs. What is done here with texts is what `presentSession` does with records.

/** How a record's text begins, as the schema orders its members. */
const head =
  /^\{"id":"(\w{26})","taskId":"(\w{26})",(?:"tenantId":"(?:[^"\\]|\\.)*",)?(?:"projectId":"(?:[^"\\]|\\.)*",)?"status":"(\w+)"/;

const terminal: ReadonlySet<string> = new Set(SessionStatus.options.filter(isTerminal));

const someString = '"(?:[^"\\\\]|\\\\.)*"';
const hiddenNames = Object.keys(hidden);
/** The members nobody sees, which stand last, and the end. */
const hiddenEnd = new RegExp(`^${hiddenNames.map((name) => `(?:,"${name}":${someString})?`).join('')}\\}$`);

/** `presentSession` for the text of a record, as JSON text. */
export const presentText = (record: string, recent: readonly StoredEvent[]): string => {
  const [whole, id = '', taskId = '', status = ''] = head.exec(record) ?? [];
  if (whole === undefined) return JSON.stringify(presentSession(readRecord(record), recent));
  const isLive = recent.length > 0 && !terminal.has(status);
  const events = isLive ? recent.map(({ json }) => json).join(',') : '';
  return `${record.slice(0, endOf(record))},"recent_events":[${events}],"links":${linksOf(id, taskId)}}`;
};

/** The id in the text of a record. */
export const idIn = (record: string): string => head.exec(record)?.[1] ?? readRecord(record).id;

/** Whether the record is of an archived session. The text inside may say so of something else, so it is read then. */
export const isArchived = (record: string): boolean =>
  record.includes('"archivedAt":') && readRecord(record).archivedAt !== undefined;

/** A record as the store would keep it. Kept as long as the record is: a live one is asked for again and again. */
export const textOf = (record: SessionRecord): string => {
  const known = texts.get(record);
  if (known !== undefined) return known;
  const text = JSON.stringify(SessionRecord.parse(record));
  texts.set(record, text);
  return text;
};
const texts = new WeakMap<SessionRecord, string>();

/** A page whose items are JSON text, as JSON text. */
export const pageText = ({ items, ...rest }: Page<string>): string =>
  `{"items":[${items.join(',')}],${JSON.stringify(rest).slice(1)}`;

// Neither needs escaping, nor is one a part of anything else in a link.
const somebody = '{session}';
const someTask = '{task}';
const [toTask = '', fromTask = ''] = JSON.stringify(sessionLinks(somebody, someTask)).split(someTask);
const beforeTask = toTask.split(somebody);
const afterTask = fromTask.split(somebody);
const linksOf = (id: string, taskId: string): string => beforeTask.join(id) + taskId + afterTask.join(id);

/** Where what everybody may see of a record's text ends. */
const endOf = (record: string): number => {
  for (const name of hiddenNames) {
    // To search from the end takes four times as long, and most records hold none of them.
    if (!record.includes(name)) continue;
    const at = record.lastIndexOf(`,"${name}":"`);
    if (at !== -1 && hiddenEnd.test(record.slice(at))) return at;
  }
  return record.length - 1;
};

const readRecord = (record: string): SessionRecord => readJson(SessionRecord, record, 'A session');
