import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { readEvents } from './read-events.ts';

export const list: Handler<Contract['events']['list']> = (call) => readEvents(call, undefined);
