import { z } from 'zod';

export const SessionStatus = z.enum([
  'queued',
  'provisioning',
  'running',
  'pausing',
  'paused',
  'resuming',
  'stopping',
  'stopped',
  'completed',
  'failed',
  'cancelled',
]);
export type SessionStatus = z.infer<typeof SessionStatus>;
