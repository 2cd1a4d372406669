import { type Page, SessionStatus } from '@agent-harbor/api-contract/schemas';
import { readJson } from '../store/checked.ts';
import type { StoredEvent } from '../store/store.ts';
import { isTerminal } from './lifecycle.ts';
import { hasTerminal, presentSession, sessionLinks } from './present.ts';
import { hidden, SessionRecord } from './record.ts';

// A session goes from the store to a caller of HTTP as text: to parse, check, show and encode it again is three quarters
// of what such a request costs. What is done here with texts is what `presentSession` does with records.

/** How a record's text begins, as the schema orders its members; ids are ULIDs, so each part has its place. */
const beforeId = '{"id":"';
const beforeTaskId = '","taskId":"';
const ulidLength = 26;
const idEnd = beforeId.length + ulidLength;
const taskIdAt = idEnd + beforeTaskId.length;
const taskIdEnd = taskIdAt + ulidLength;
const statusAfterIds =
  /^",(?:"tenantId":"(?:[^"\\]|\\.)*",)?(?:"projectId":"(?:[^"\\]|\\.)*",)?"status":"(\w+)"/;

const terminal: ReadonlySet<string> = new Set(SessionStatus.options.filter(isTerminal));

const someString = '"(?:[^"\\\\]|\\\\.)*"';
const hiddenNames = Object.keys(hidden);
/** The members nobody sees, which stand last, and the end. */
const hiddenEnd = new RegExp(`^${hiddenNames.map((name) => `(?:,"${name}":${someString})?`).join('')}\\}$`);

/** `presentSession` for the text of a record, as JSON text. */
export const presentText = (record: string, recent: readonly StoredEvent[]): string => {
  if (!beginsUsually(record)) return JSON.stringify(presentSession(readRecord(record), recent));
  const id = record.slice(beforeId.length, idEnd);
  const taskId = record.slice(taskIdAt, taskIdEnd);
  const isLive = recent.length > 0 && !terminal.has(statusIn(record));
  const events = isLive ? recent.map(({ json }) => json).join(',') : '';
  return `${record.slice(0, endOf(record))},"recent_events":[${events}],"links":${linksOf(id, taskId, mayHaveTerminal(record))}}`;
};

/** The id in the text of a record. */
export const idIn = (record: string): string =>
  beginsUsually(record) ? record.slice(beforeId.length, idEnd) : readRecord(record).id;

const beginsUsually = (record: string): boolean =>
  record.startsWith(beforeId) && record.startsWith(beforeTaskId, idEnd) && record[taskIdEnd] === '"';

const statusIn = (record: string): string =>
  statusAfterIds.exec(record.slice(taskIdEnd))?.[1] ?? readRecord(record).status;

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
const templateOf = (withTerminal: boolean) => {
  const links = JSON.stringify(sessionLinks(somebody, someTask, withTerminal));
  const [toTask = '', fromTask = ''] = links.split(someTask);
  return { beforeTask: toTask.split(somebody), afterTask: fromTask.split(somebody) };
};
const usualLinks = templateOf(false);
const terminalLinks = templateOf(true);
const linksOf = (id: string, taskId: string, withTerminal: boolean): string => {
  const { beforeTask, afterTask } = withTerminal ? terminalLinks : usualLinks;
  return beforeTask.join(id) + taskId + afterTask.join(id);
};

/** Few agents run in a terminal. The text inside may speak of one as well, so then it is read. */
const mayHaveTerminal = (record: string): boolean =>
  record.includes('"terminal":') && hasTerminal(readRecord(record));

/** Where what everybody may see of a record's text ends. */
const endOf = (record: string): number => {
  if (!mayEndHidden(record)) return record.length - 1;
  for (const name of hiddenNames) {
    const at = record.lastIndexOf(`,"${name}":"`);
    if (at !== -1 && hiddenEnd.test(record.slice(at))) return at;
  }
  return record.length - 1;
};

const hiddenKeys = hiddenNames.map((name) => `"${name}":`);

/**
 * Whether the last member may be one that nobody sees. Mostly it is not, and to search all of each record for their names
 * takes as long as to read it.
 */
const mayEndHidden = (record: string): boolean => {
  if (!record.endsWith('"}')) return false;
  const quote = record.lastIndexOf('"', record.length - 3);
  // A quote that is not the first of its value stands inside it: then the names are searched for.
  if (record[quote - 1] !== ':') return true;
  for (const key of hiddenKeys) if (record.endsWith(key, quote)) return true;
  return false;
};

const readRecord = (record: string): SessionRecord => readJson(SessionRecord, record, 'A session');
