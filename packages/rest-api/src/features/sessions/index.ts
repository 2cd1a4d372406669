import { cancel } from './delete.ts';
import { events } from './events.ts';
import { get } from './get.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { stop } from './stop.ts';

export const sessions = { list, get, stop, delete: cancel, events, logs };
