import { type Suite, topic } from '../check.ts';
import { caching } from './caching.ts';
import { catalogue } from './catalogue.ts';
import { chat } from './chat.ts';
import type { WireContext } from './context.ts';
import { delivering } from './delivering.ts';
import { drafts } from './drafts.ts';
import { eventFilters } from './event-filters.ts';
import { everyAnswer } from './every-answer.ts';
import { files } from './files.ts';
import { filters } from './filters.ts';
import { framing } from './framing.ts';
import { history } from './history.ts';
import { idempotency } from './idempotency.ts';
import { launching } from './launching.ts';
import { lists } from './lists.ts';
import { logs } from './logs.ts';
import { looking } from './looking.ts';
import { pages } from './pages.ts';
import { refusals } from './refusals.ts';
import { service } from './service.ts';
import { sessions } from './sessions.ts';
import { steering } from './steering.ts';
import { strangers } from './strangers.ts';
import { streams } from './streams.ts';
import { terminal } from './terminal.ts';
import { webhooks } from './webhooks.ts';

/** What every server of the contract promises on the wire, whoever runs it. */
export const wireSuite: Suite<WireContext> = {
  name: 'wire',
  checks: [
    ...topic('service', service),
    ...topic('every answer', everyAnswer),
    ...topic('strangers', strangers),
    ...topic('hosts and origins', pages),
    ...topic('framing', framing),
    ...topic('refusals', refusals),
    ...topic('idempotency', idempotency),
    ...topic('launching', launching),
    ...topic('sessions', sessions),
    ...topic('steering', steering),
    ...topic('chat', chat),
    ...topic('drafts', drafts),
    ...topic('caching', caching),
    ...topic('lists', lists),
    ...topic('filters', filters),
    ...topic('streams', streams),
    ...topic('event filters', eventFilters),
    ...topic('history', history),
    ...topic('logs', logs),
    ...topic('terminals', terminal),
    ...topic('files', files),
    ...topic('looking around', looking),
    ...topic('delivering', delivering),
    ...topic('catalogue', catalogue),
    ...topic('webhooks', webhooks),
  ],
};
