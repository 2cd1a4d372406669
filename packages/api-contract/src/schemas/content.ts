import { z } from 'zod';
import { text } from './primitives.ts';

/** Nothing larger than a request body can carry; the byte limit of the body is the real bound. */
const promptLimit = 16 * 1024 * 1024;

const TextBlock = z.object({ type: z.literal('text'), text: text(1, promptLimit) }).strict();
const ImageBlock = z
  .object({
    type: z.literal('image'),
    data: z.string().min(1),
    mimeType: text(1, 255),
    uri: text(1, 2048).optional(),
  })
  .strict();
const AudioBlock = z
  .object({ type: z.literal('audio'), data: z.string().min(1), mimeType: text(1, 255) })
  .strict();
const ResourceLinkBlock = z
  .object({
    type: z.literal('resource_link'),
    uri: text(1, 2048),
    name: text(1, 255),
    mimeType: text(1, 255).optional(),
  })
  .strict();
const ResourceBlock = z
  .object({
    type: z.literal('resource'),
    resource: z
      .object({
        uri: text(1, 2048),
        mimeType: text(1, 255).optional(),
        text: text(0, promptLimit).optional(),
        blob: z.string().optional(),
      })
      .strict(),
  })
  .strict();

/** A content block of the Agent Client Protocol (https://agentclientprotocol.com/protocol/content). */
export const ContentBlock = z.discriminatedUnion('type', [
  TextBlock,
  ImageBlock,
  AudioBlock,
  ResourceLinkBlock,
  ResourceBlock,
]);
export type ContentBlock = z.infer<typeof ContentBlock>;

/** What the agent is asked: plain text, or content blocks. */
export const Prompt = z.union([text(1, promptLimit), z.array(ContentBlock).min(1).max(256)]);
export type Prompt = z.infer<typeof Prompt>;
