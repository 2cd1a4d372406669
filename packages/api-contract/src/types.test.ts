import type {
  ClientInferRequest,
  ClientInferResponseBody,
  ServerInferRequest,
  ServerInferResponseBody,
} from '@ts-rest/core';
import { expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Contract, Policy } from './index.ts';
import type { ProblemCode } from './problem.ts';
import type {
  AgentSettings,
  AgentType,
  CreateTask,
  DraftInput,
  EventBody,
  EventPage,
  EventType,
  LaunchedTask,
  Page,
  ProblemDocument,
  Session,
  SessionEvent,
  SessionPage,
  SessionQuery,
  SessionStatus,
  TerminalWish,
  UnknownEvent,
} from './schemas/index.ts';

// Checked by the compiler (`typecheck`); what a runner does with them says nothing.
type Sessions = Contract['sessions'];

test('a request is what its schema reads', () => {
  expectTypeOf<ServerInferRequest<Contract['tasks']['create']>['body']>().toEqualTypeOf<CreateTask>();
  expectTypeOf<ServerInferRequest<Contract['drafts']['update']>['body']>().toEqualTypeOf<DraftInput>();
  expectTypeOf<ServerInferRequest<Sessions['list']>['query']>().toEqualTypeOf<SessionQuery>();
  expectTypeOf<ServerInferRequest<Sessions['get']>['params']>().toEqualTypeOf<{ id: string }>();
  expectTypeOf<ServerInferRequest<Sessions['stop']>['headers']['idempotency-key']>().toEqualTypeOf<
    string | undefined
  >();
  expectTypeOf<ServerInferRequest<Contract['files']['content']>['params']>().toEqualTypeOf<{
    id: string;
    path: string;
  }>();
});

test('a query is read to numbers and lists, and written as those or as text', () => {
  expectTypeOf<SessionQuery['perPage']>().toEqualTypeOf<number>();
  expectTypeOf<SessionQuery['page']>().toEqualTypeOf<number | undefined>();
  expectTypeOf<SessionQuery['status']>().toEqualTypeOf<SessionStatus[] | undefined>();
  type Written = NonNullable<ClientInferRequest<Sessions['list']>['query']>;
  expectTypeOf<Written['perPage']>().toEqualTypeOf<string | number | undefined>();
  expectTypeOf<Written['status']>().toEqualTypeOf<string | string[] | undefined>();
});

test('an answer is what its status says', () => {
  expectTypeOf<ServerInferResponseBody<Sessions['get'], 200>>().toEqualTypeOf<Session>();
  expectTypeOf<ClientInferResponseBody<Contract['tasks']['create'], 201>>().toEqualTypeOf<LaunchedTask>();
  expectTypeOf<ClientInferResponseBody<Sessions['get'], 404>>().toEqualTypeOf<ProblemDocument>();
  expectTypeOf<ClientInferResponseBody<Sessions['events'], 200>>().toEqualTypeOf<z.infer<typeof EventPage>>();
});

test('events are told by their type', () => {
  expectTypeOf<SessionEvent['type']>().toEqualTypeOf<EventType>();
  expectTypeOf<EventBody['type']>().toEqualTypeOf<EventType>();
  expectTypeOf<Extract<SessionEvent, { type: 'status' }>['status']>().toEqualTypeOf<SessionStatus>();
  expectTypeOf<Extract<SessionEvent, { type: 'tool_use' }>['status']>().toEqualTypeOf<'started'>();
  expectTypeOf<SessionEvent>().toExtend<EventBody>();
  expectTypeOf<UnknownEvent['type']>().toEqualTypeOf<string>();
  expectTypeOf<UnknownEvent['whatever']>().toEqualTypeOf<unknown>();
});

test('a page of a schema is a page as a type', () => {
  expectTypeOf<z.infer<typeof SessionPage>>().toExtend<Page<Session>>();
  expectTypeOf<Page<Session>['nextCursor']>().toEqualTypeOf<string | null>();
});

test('closed sets are closed', () => {
  expectTypeOf<keyof AgentSettings>().toEqualTypeOf<AgentType>();
  expectTypeOf<AgentSettings['command']>().toEqualTypeOf<{
    command: string[];
    terminal?: TerminalWish | undefined;
  }>();
  expectTypeOf<'session-not-found'>().toExtend<ProblemCode>();
  expectTypeOf<string>().not.toExtend<ProblemCode>();
});

test('every route declares a whole policy, not the literal it was written as', () => {
  expectTypeOf<Contract['service']['healthz']['metadata']>().toEqualTypeOf<Policy>();
  expectTypeOf<Sessions['stop']['metadata']>().toEqualTypeOf<Policy>();
  expectTypeOf<Sessions['stop']['path']>().toEqualTypeOf<'/api/v1/sessions/:id/stop'>();
});
