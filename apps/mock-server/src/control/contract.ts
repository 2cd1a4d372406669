import { anyRoute, idempotencyHeaders, noQuery, policy, sessionParams } from '@agent-harbor/api-contract';
import { EventBody, JsonObject, Timestamp } from '@agent-harbor/api-contract/schemas';
import { initContract } from '@ts-rest/core';
import { z } from 'zod';
import { FaultInput } from '../faults/fault.ts';
import { strictly } from './strictly.ts';

// Named, because the inferred type mentions a symbol of ts-rest that a declaration file cannot name.
const c: ReturnType<typeof initContract> = initContract();

/** What time it is in the mock, and whether it passes. */
const ClockState = z.object({
  now: Timestamp,
  mode: z.enum(['running', 'frozen']),
  speed: z.number().describe('Delays of scenarios are multiplied by it, in sessions that start from now on.'),
  waiting: z.number().int().describe('How many things wait for their time.'),
});

const ClockChange = z
  .object({
    mode: z
      .enum(['running', 'frozen'])
      .optional()
      .describe('frozen: time stands still. running: it goes on from where it stands.'),
    advanceMs: z
      .number()
      .int()
      .min(0)
      .max(2_678_400_000)
      .optional()
      .describe('Lets so much time pass at once: what is due on the way happens before the answer is sent.'),
    speed: z
      .number()
      .min(0)
      .max(100)
      .optional()
      .describe('Delays of scenarios are multiplied by it; 0.1 is ten times as fast.'),
  })
  .strict();

const ResetWish = z
  .object({
    seed: z.string().min(1).max(255).optional().describe('Another seed from now on.'),
    data: z.enum(['demo', 'empty']).optional().describe('Other data from now on.'),
  })
  .strict();

const Reset = z.object({ seed: z.string(), data: z.enum(['demo', 'empty']), now: Timestamp });

const ScenarioItem = z.object({
  name: z.string(),
  origin: z.enum(['built-in', 'file', 'posted']),
  description: z.string().nullable(),
  tags: z.array(z.string()),
  prompt: z
    .string()
    .nullable()
    .describe('What a user asks for to get it; tasks that name no scenario are matched to it.'),
  durationMs: z.number().int().describe('How long it plays at speed 1.'),
  steps: z.number().int(),
});

const Fault = z.object({
  id: z.string(),
  fault: FaultInput,
  seen: z.number().int().describe('Requests it was meant for.'),
  struck: z.number().int().describe('Requests it struck.'),
});

const WebhookRequests = z.object({
  items: z.array(
    z.object({
      url: z.string(),
      headers: z.record(z.string()).describe('With the signature a receiver can verify.'),
      body: z.string(),
    }),
  ),
});

/** A text of YAML, of which JSON is a part. */
const ScenarioText = z.string().min(1).max(1_048_576);

const Injected = z.object({ sessionId: z.string(), accepted: z.literal(true), ts: Timestamp });

/** An event as an agent may say it. */
const InjectedEvent: z.ZodType<EventBody> = strictly(EventBody);

const faultParams = z.object({ id: z.string().min(1).max(128) });

const reads = policy();
const configures = policy({ role: 'admin' });
const happensOnce = policy({ role: 'admin', idempotent: true });
/** What a key may be refused for. */
const keyProblems = { 409: anyRoute[400], 422: anyRoute[400] } as const;

/** What can be done to the mock, and to no server: a contract of its own, described by a document of its own. */
export const controlContract = c.router(
  {
    mock: {
      getClock: {
        method: 'GET',
        path: '/mock/clock',
        summary: 'What time it is in the mock',
        query: noQuery,
        responses: { 200: ClockState },
        metadata: reads,
      },
      changeClock: {
        method: 'POST',
        path: '/mock/clock',
        summary: 'Freeze time or let it run, set the speed of sessions to come, then move time on',
        headers: idempotencyHeaders,
        query: noQuery,
        body: ClockChange,
        responses: { 200: ClockState, ...keyProblems },
        metadata: happensOnce,
      },
      reset: {
        method: 'POST',
        path: '/mock/reset',
        summary: 'Begin again as if just started: data, ids, clock, speed, scenarios and faults',
        headers: idempotencyHeaders,
        query: noQuery,
        body: ResetWish,
        responses: { 200: Reset, ...keyProblems },
        metadata: happensOnce,
      },
      listScenarios: {
        method: 'GET',
        path: '/mock/scenarios',
        summary: 'The scenarios a task can name',
        query: noQuery,
        responses: { 200: z.object({ items: z.array(ScenarioItem) }) },
        metadata: reads,
      },
      addScenario: {
        method: 'POST',
        path: '/mock/scenarios',
        summary: 'Load a scenario, written in YAML or JSON; it replaces one of the same name',
        headers: idempotencyHeaders,
        query: noQuery,
        body: ScenarioText,
        responses: { 201: ScenarioItem, ...keyProblems },
        metadata: policy({
          role: 'admin',
          idempotent: true,
          readsText: ['application/yaml', 'text/yaml', 'application/json'],
        }),
      },
      listFaults: {
        method: 'GET',
        path: '/mock/faults',
        summary: 'The faults that are set, and what came of them',
        query: noQuery,
        responses: { 200: z.object({ items: z.array(Fault) }) },
        metadata: reads,
      },
      addFault: {
        method: 'POST',
        path: '/mock/faults',
        summary: 'Let something go wrong on a route of the API',
        headers: idempotencyHeaders,
        query: noQuery,
        body: FaultInput,
        responses: { 201: Fault, ...keyProblems },
        metadata: happensOnce,
      },
      clearFaults: {
        method: 'DELETE',
        path: '/mock/faults',
        summary: 'Take all faults back',
        query: noQuery,
        body: c.noBody(),
        responses: { 204: c.noBody() },
        metadata: configures,
      },
      removeFault: {
        method: 'DELETE',
        path: '/mock/faults/:id',
        summary: 'Take one fault back, if it is there',
        pathParams: faultParams,
        query: noQuery,
        body: c.noBody(),
        responses: { 204: c.noBody() },
        metadata: configures,
      },
      injectEvent: {
        method: 'POST',
        path: '/mock/sessions/:id/events',
        summary: 'Let the agent of a running session say something; `completed` or `failed` is its end',
        pathParams: sessionParams,
        headers: idempotencyHeaders,
        query: noQuery,
        body: InjectedEvent,
        responses: { 202: Injected, ...keyProblems },
        metadata: happensOnce,
      },
      listWebhookRequests: {
        method: 'GET',
        path: '/mock/webhooks',
        summary: 'The last 1,000 requests that webhooks would have been sent, oldest first; nobody is called',
        query: noQuery,
        responses: { 200: WebhookRequests },
        metadata: policy(),
      },
      openapi: {
        method: 'GET',
        path: '/mock/openapi.json',
        summary: 'These routes as an OpenAPI 3.1 document',
        query: noQuery,
        responses: { 200: JsonObject },
        metadata: policy({ role: 'public' }),
      },
    },
  },
  { commonResponses: anyRoute, strictStatusCodes: true },
);
export type ControlContract = typeof controlContract;
