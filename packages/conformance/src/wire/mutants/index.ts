import { caching } from './caching.ts';
import { catalogue } from './catalogue.ts';
import { chat } from './chat.ts';
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
import type { Mutants } from './mutant.ts';
import { pages } from './pages.ts';
import { refusals } from './refusals.ts';
import { service } from './service.ts';
import { sessions } from './sessions.ts';
import { steering } from './steering.ts';
import { strangers } from './strangers.ts';
import { streams } from './streams.ts';
import { terminal } from './terminal.ts';
import { webhooks } from './webhooks.ts';

export { type Mutant, type Mutants, mutate } from './mutant.ts';

/** For every check of the wire suite servers that break its promise, each in one way. */
export const wireMutants: Mutants = {
  ...service,
  ...everyAnswer,
  ...strangers,
  ...pages,
  ...framing,
  ...refusals,
  ...idempotency,
  ...launching,
  ...sessions,
  ...steering,
  ...chat,
  ...terminal,
  ...drafts,
  ...caching,
  ...lists,
  ...filters,
  ...streams,
  ...eventFilters,
  ...history,
  ...logs,
  ...files,
  ...looking,
  ...delivering,
  ...catalogue,
  ...webhooks,
};
