import { z } from 'zod';

/** Ids in paths are looked up, not judged: anything unknown is a 404. */
const id = z.string().min(1).max(128);

export const taskParams = z.object({ taskId: id });
export const sessionParams = z.object({ id });
export const approvalParams = z.object({ id, approvalId: id });
export const messageParams = z.object({ id, messageId: id });
export const attachmentParams = z.object({ id, messageId: id, attachmentId: id });
export const draftParams = z.object({ id });
export const webhookParams = z.object({ id });
export const repositoryParams = z.object({ id });
export const workspaceParams = z.object({ workspaceId: id });
/** `<agent type>.json`: the schema is addressed as the file it is. */
export const agentSchemaParams = z.object({
  file: z
    .string()
    .regex(/^[\w-]{1,64}\.json$/)
    .describe('An agent type and `.json`.'),
});
export const problemParams = z.object({ code: id });

/** `path` is one percent-encoded segment, decoded once. */
export const fileParams = z.object({
  id,
  path: z.string().min(1).max(4096).describe('A path in the workspace as one percent-encoded segment.'),
});

/** The header every POST accepts: 1–255 visible ASCII characters, bare or quoted. */
export const idempotencyHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^(?:"[\x21\x23-\x7e]{1,255}"|[\x21\x23-\x7e]{1,255})$/, 'must be 1–255 visible ASCII characters')
    .optional()
    .describe('The same key makes a repeated request one: 1–255 visible ASCII characters, bare or quoted.'),
});

export const conditionalHeaders = z.object({
  'if-none-match': z.string().max(1024).optional().describe('ETags the caller has: 304 if one is current.'),
});
export const ifMatchHeaders = z.object({
  'if-match': z
    .string()
    .max(1024)
    .optional()
    .describe('The ETag that was read: 412 if it is not current any more.'),
});
export const resumeHeaders = z.object({
  'last-event-id': z
    .string()
    .max(128)
    .optional()
    .describe('The id of the last event seen: the stream goes on after it.'),
});

/** A request whose answer goes on is repeated with the same key to go on behind what was read. */
export const repliedHeaders = idempotencyHeaders.merge(resumeHeaders);

/** Whether archived sessions are found too. */
export const archivedQuery = z
  .object({
    archived: z
      .enum(['true', 'false'])
      .optional()
      .describe('Whether a deleted session, which is archived, is found too.'),
  })
  .strict();
export const noQuery = z.object({}).strict();
