import { EventType, SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { StoredEvent } from '../store/store.ts';

/** What a webhook calls an event: the status a session entered, or the type of any other event. */
export const nameOf = ({ type, json }: Pick<StoredEvent, 'type' | 'json'>): string =>
  type === 'status' ? `session.${statusIn(json)}` : `session.${type}`;

/** The body of an event is stored as it was checked, so its status is one. */
const statusIn = (json: string): string => {
  const event: unknown = JSON.parse(json);
  return typeof event === 'object' && event !== null && 'status' in event ? String(event.status) : 'status';
};

/** Whether a webhook with these names hears of the event. */
export const hears = (names: readonly string[], event: Pick<StoredEvent, 'type' | 'json'>): boolean =>
  names.includes('session.*') ||
  names.includes(`session.${event.type}`) ||
  (event.type === 'status' && names.some(isStatusName) && names.includes(nameOf(event)));

/** The types among which all events with these names are; undefined for every type. */
export const typesOf = (names: readonly string[]): EventType[] | undefined => {
  if (names.includes('session.*')) return undefined;
  const types = EventType.options.filter((type) => names.includes(`session.${type}`));
  return types.includes('status') || !names.some(isStatusName) ? types : ['status', ...types];
};

const statusNames: ReadonlySet<string> = new Set(SessionStatus.options.map((status) => `session.${status}`));
const isStatusName = (name: string): boolean => statusNames.has(name);
