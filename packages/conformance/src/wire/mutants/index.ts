import { pages, strangers } from './access.ts';
import { files } from './files.ts';
import { framing } from './framing.ts';
import { idempotency } from './idempotency.ts';
import { catalogue, filters, lists } from './lists.ts';
import type { Mutants } from './mutant.ts';
import { refusals } from './refusals.ts';
import { everyAnswer, service } from './service.ts';
import { sessions } from './sessions.ts';
import { steering } from './steering.ts';
import { eventFilters, history, logs, streams } from './streams.ts';
import { caching, drafts, launching } from './tasks.ts';

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
  ...drafts,
  ...caching,
  ...lists,
  ...filters,
  ...streams,
  ...eventFilters,
  ...history,
  ...logs,
  ...files,
  ...catalogue,
};
