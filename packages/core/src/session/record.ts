import { CreateTask, Session, Task } from '@agent-harbor/api-contract/schemas';
import type { Schema } from '../parse.ts';

/**
 * A session as it is stored: what the wire shows, without what is derived when it is shown. `runningReason` is why its
 * journal last said that it runs: `idle` while the agent has nothing to do. `deliveredAtEnd` is what became of the delivery
 * that belongs to the end of the session, once it is over. `traceparent` is the place in a trace of the
 * request that launched it: kept, so that what is done for it after a restart belongs to the same trace.
 */
export type SessionRecord = Omit<Session, 'recent_events' | 'links'> & {
  runningReason?: string | undefined;
  deliveredAtEnd?: string | undefined;
  traceparent?: string | undefined;
};
/** What a record holds beside what the wire shows; these members stand behind all others. */
export const hidden: Readonly<
  Record<'runningReason' | 'deliveredAtEnd' | 'traceparent', typeof Session.shape.statusReason>
> = {
  runningReason: Session.shape.statusReason,
  deliveredAtEnd: Session.shape.statusReason,
  traceparent: Session.shape.statusReason,
};
/**
 * The schema of a stored session. Ended sessions are shown by the text they are kept as: should a member of the wire
 * ever become required, a migration has to write it.
 */
export const SessionRecord: Schema<SessionRecord> = Session.omit({ recent_events: true, links: true }).extend(
  hidden,
);

/** A task as it is stored, with the request it came from: agents need the prompt's blocks and the url as given. */
export type TaskRecord = Omit<Task, 'sessions' | 'links'> & { request: CreateTask };
/** The schema of a stored task. */
export const TaskRecord: Schema<TaskRecord> = Task.omit({ sessions: true, links: true }).extend({
  request: CreateTask,
});
