import { CreateTask, Session, Task } from '@agent-harbor/api-contract/schemas';

/** A session as it is stored: what the wire shows, without what is derived when it is shown. */
export const SessionRecord = Session.omit({ recent_events: true, links: true });
export type SessionRecord = ReturnType<typeof SessionRecord.parse>;

/** A task as it is stored, with the request it came from: agents need the prompt's blocks and the url as given. */
export const TaskRecord = Task.omit({ sessions: true, links: true }).extend({ request: CreateTask });
export type TaskRecord = ReturnType<typeof TaskRecord.parse>;
