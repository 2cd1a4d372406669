import type { Api } from './routes/api.ts';
import type { Caller, RouteName } from './routes/contract.ts';
import { table } from './routes/table.ts';
import type { StreamOpener } from './stream/event-stream.ts';

/** The typed methods over a caller and an opener of streams: one for every route of the table. */
export const createApi = (call: Caller, open: StreamOpener): Api => {
  const api: Record<string, Record<string, unknown>> = {};
  for (const [group, leaves] of Object.entries(table)) {
    const methods: Record<string, unknown> = {};
    api[group] = methods;
    for (const [leaf, entry] of Object.entries<string>(leaves)) {
      const route = `${group}.${leaf}` as RouteName;
      methods[leaf] = (...input: never) =>
        entry.endsWith('sse')
          ? open(route, input, (event) => event)
          : call(route, ...input).then(({ body }) => body);
    }
  }
  // Types and table are generated from one contract; a test calls every method.
  return api as unknown as Api;
};
