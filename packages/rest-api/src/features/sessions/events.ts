import type { Contract } from '@agent-harbor/api-contract';
import type { Handler } from '../../http/call.ts';
import { readEvents } from '../events/read-events.ts';

export const events: Handler<Contract['sessions']['events']> = (call) => readEvents(call, call.params.id);
