import { anyRoute, noQuery, policy, sessionParams } from '@agent-harbor/api-contract';
import { EventBody } from '@agent-harbor/api-contract/schemas';
import type { Harbor } from '@agent-harbor/core';
import { type Features, mount, type Route } from '@agent-harbor/rest-api';
import { initContract } from '@ts-rest/core';
import { z } from 'zod';

// Named, because the inferred type mentions a symbol of ts-rest that a declaration file cannot name.
const c: ReturnType<typeof initContract> = initContract();

const testContract = c.router(
  {
    test: {
      append: {
        method: 'POST',
        path: '/test/sessions/:id/events',
        summary: 'Append events to a session, answered when they are durable',
        pathParams: sessionParams,
        query: noQuery,
        body: z.object({ events: z.array(EventBody).min(1).max(1000) }).strict(),
        responses: { 201: z.object({ lastSeq: z.number().int() }) },
        metadata: policy({ role: 'admin' }),
      },
    },
  },
  { commonResponses: anyRoute, strictStatusCodes: true },
);

/** The way of an agent's events into the log, asked for over HTTP: what is measured and what faults strike. */
export const appendRoute = (harbor: Harbor): readonly Route[] => {
  const features: Features<typeof testContract> = {
    test: {
      append: async ({ params: { id }, body: { events } }) => ({
        status: 201,
        body: { lastSeq: await harbor.append(id, events) },
      }),
    },
  };
  return mount(testContract, features);
};
