import { z } from 'zod';
import { Timestamp, Ulid } from '../primitives.ts';
import {
  AgentSessionBody,
  CheckBody,
  LogBody,
  MessageBody,
  ModelsBody,
  PlanBody,
  ThoughtBody,
  ToolResultBody,
  ToolUseBody,
  UsageBody,
  UserInputBody,
} from './activity.ts';
import { ApprovalBody } from './approval.ts';
import { DiffBody, FileEditBody } from './files.ts';
import { DeliveryBody, StatusBody } from './lifecycle.ts';

/** What happened, before the log gave it its place: the form agents, recorders and rules produce. */
export const EventBody = z.discriminatedUnion('type', [
  StatusBody,
  LogBody,
  ThoughtBody,
  MessageBody,
  ToolUseBody,
  ToolResultBody,
  FileEditBody,
  DiffBody,
  PlanBody,
  UsageBody,
  ModelsBody,
  AgentSessionBody,
  UserInputBody,
  ApprovalBody,
  CheckBody,
  DeliveryBody,
]);
export type EventBody = z.infer<typeof EventBody>;

/** Where an event stands: its place in the session's log, when it happened, and whose it is. */
const eventPlace = {
  seq: z.number().int().min(1),
  ts: Timestamp,
  sessionId: Ulid,
};

export const StatusEvent = StatusBody.extend(eventPlace);
export const LogEvent = LogBody.extend(eventPlace);
export const ThoughtEvent = ThoughtBody.extend(eventPlace);
export const MessageEvent = MessageBody.extend(eventPlace);
export const ToolUseEvent = ToolUseBody.extend(eventPlace);
export const ToolResultEvent = ToolResultBody.extend(eventPlace);
export const FileEditEvent = FileEditBody.extend(eventPlace);
export const DiffEvent = DiffBody.extend(eventPlace);
export const PlanEvent = PlanBody.extend(eventPlace);
export const UsageEvent = UsageBody.extend(eventPlace);
export const ModelsEvent = ModelsBody.extend(eventPlace);
export const AgentSessionEvent = AgentSessionBody.extend(eventPlace);
export const UserInputEvent = UserInputBody.extend(eventPlace);
export const ApprovalEvent = ApprovalBody.extend(eventPlace);
export const CheckEvent = CheckBody.extend(eventPlace);
export const DeliveryEvent = DeliveryBody.extend(eventPlace);

/** One fact about a session, as it is stored and streamed. Closed here; readers let unknown types pass. */
export const SessionEvent = z.discriminatedUnion('type', [
  StatusEvent,
  LogEvent,
  ThoughtEvent,
  MessageEvent,
  ToolUseEvent,
  ToolResultEvent,
  FileEditEvent,
  DiffEvent,
  PlanEvent,
  UsageEvent,
  ModelsEvent,
  AgentSessionEvent,
  UserInputEvent,
  ApprovalEvent,
  CheckEvent,
  DeliveryEvent,
]);
export type SessionEvent = z.infer<typeof SessionEvent>;

/** The type names, for filters. */
export const EventType = z.enum([
  'status',
  'log',
  'thought',
  'message',
  'tool_use',
  'tool_result',
  'file_edit',
  'diff',
  'plan',
  'usage',
  'models',
  'agent_session',
  'user_input',
  'approval',
  'check',
  'delivery',
]);
export type EventType = z.infer<typeof EventType>;

/**
 * The stream's own word, never stored: events after the reader's place are not there any more, because they were
 * dropped, belong to a history that was lost, or cannot be read as they were written. `oldest` is the id to go on from,
 * null when the log is empty.
 */
export const ResyncEvent = z.object({
  type: z.literal('resync'),
  oldest: z.string().nullable(),
  epoch: z.string(),
  reason: z.enum(['pruned', 'foreign-epoch', 'future', 'damaged']),
});
export type ResyncEvent = z.infer<typeof ResyncEvent>;

/** An event of a newer server: its place is known, its members pass untouched. */
export const UnknownEvent = z.object({ type: z.string(), ...eventPlace }).passthrough();
export type UnknownEvent = z.infer<typeof UnknownEvent>;
