import { z } from 'zod';
import { JsonObject, text } from './primitives.ts';

/** Nothing larger than a request body can carry; the byte limit of the body is the real bound. */
const promptLimit = 16 * 1024 * 1024;

const Base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/, 'must be base64');
const Uri = text(1, 2048);
const MimeType = text(1, 255);

/** For whom a block is and how much it matters, as the protocol has it. */
export const Annotations = z
  .object({
    audience: z
      .array(z.enum(['user', 'assistant']))
      .max(2)
      .nullish(),
    lastModified: text(0, 64).nullish(),
    priority: z.number().nullish(),
    _meta: JsonObject.nullish(),
  })
  .strict();
export type Annotations = z.infer<typeof Annotations>;

/** Every block may carry these; they reach the agent as they came. */
const anyBlock = { annotations: Annotations.nullish(), _meta: JsonObject.nullish() };

export const TextBlock = z
  .object({ type: z.literal('text'), text: text(1, promptLimit), ...anyBlock })
  .strict();
export const ImageBlock = z
  .object({
    type: z.literal('image'),
    data: Base64,
    mimeType: MimeType,
    uri: Uri.optional(),
    ...anyBlock,
  })
  .strict();
export const AudioBlock = z
  .object({ type: z.literal('audio'), data: Base64, mimeType: MimeType, ...anyBlock })
  .strict();
export const ResourceLinkBlock = z
  .object({
    type: z.literal('resource_link'),
    uri: Uri,
    name: text(1, 255),
    title: text(0, 255).nullish(),
    description: text(0, 4096).nullish(),
    mimeType: MimeType.optional(),
    size: z.number().int().min(0).nullish(),
    ...anyBlock,
  })
  .strict();

/** What a resource holds: text, or bytes in base64. */
export const ResourceContents = z
  .object({
    uri: Uri,
    mimeType: MimeType.optional(),
    text: text(0, promptLimit).optional(),
    blob: z
      .string()
      .regex(/^[A-Za-z0-9+/]*={0,2}$/, 'must be base64')
      .optional(),
    _meta: JsonObject.nullish(),
  })
  .strict()
  .superRefine(({ text: words, blob }, context) => {
    if ((words === undefined) === (blob === undefined)) {
      context.addIssue({ code: 'custom', path: ['text'], message: 'give either text or blob' });
    }
  });
export const ResourceBlock = z
  .object({ type: z.literal('resource'), resource: ResourceContents, ...anyBlock })
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
