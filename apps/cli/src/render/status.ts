import type { SessionStatus } from '@agent-harbor/api-contract/schemas';
import type { Look } from '../terminal/text.ts';

const looks: Readonly<Record<SessionStatus, Look>> = {
  queued: 'dim',
  provisioning: 'blue',
  running: 'cyan',
  pausing: 'yellow',
  paused: 'yellow',
  resuming: 'cyan',
  stopping: 'yellow',
  stopped: 'yellow',
  completed: 'green',
  failed: 'red',
  cancelled: 'red',
};

/** How a status looks; undefined for one of a newer server. */
export const statusLook = (status: string): Look | undefined =>
  Object.entries(looks).find(([name]) => name === status)?.[1];
