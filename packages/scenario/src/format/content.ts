import { PlanEntry } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';
import { Base64 } from './files.ts';
import { meta } from './timed.ts';

const shared = { annotations: z.unknown().optional(), ...meta };
const media = { mimeType: z.string().min(1), path: z.string().min(1).optional(), data: Base64.optional() };

/** Entries of a plan, in the words of the event that shows it. */
export const PlanEntries = z.array(PlanEntry.strict());

const content = z.union([
  z.string().transform((text) => ({ type: 'text' as const, text })),
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('text'), text: z.string(), ...shared }).strict(),
    z.object({ type: z.literal('image'), ...media, ...shared }).strict(),
    z.object({ type: z.literal('audio'), ...media, ...shared }).strict(),
    z
      .object({
        type: z.literal('resource'),
        resource: z
          .object({ uri: z.string(), mimeType: z.string().optional(), text: z.string().optional() })
          .strict(),
        ...shared,
      })
      .strict(),
    z
      .object({
        type: z.literal('resource_link'),
        uri: z.string(),
        name: z.string(),
        mimeType: z.string().optional(),
        title: z.string().optional(),
        description: z.string().optional(),
        size: z.number().int().min(0).optional(),
        ...shared,
      })
      .strict(),
    z
      .object({
        type: z.literal('diff'),
        path: z.string(),
        oldText: z.string().optional(),
        newText: z.string(),
        ...shared,
      })
      .strict(),
    z.object({ type: z.literal('plan'), entries: PlanEntries, ...shared }).strict(),
  ]),
]);

/**
 * What an agent or a user says. Plain text is short for a text block. Media are told by their type only: the log of a
 * session holds text. Their `path` is relative to the scenario's file and must lead to one; their `data` is base64.
 */
export type Content = z.output<typeof content>;
type ContentSource = z.input<typeof content>;
export const Content: z.ZodType<Content, z.ZodTypeDef, ContentSource> = content.superRefine(
  (block, context) => {
    const isMedium = block.type === 'image' || block.type === 'audio';
    if (!isMedium || block.path !== undefined || block.data !== undefined) return;
    context.addIssue({ code: 'custom', path: ['data'], message: 'give data or path' });
  },
);

/** The content as plain text. */
export const contentText = (content: Content): string => {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'image':
    case 'audio':
      return `[${content.type} ${content.mimeType}]`;
    case 'resource':
      return content.resource.text ?? `[resource ${content.resource.uri}]`;
    case 'resource_link':
      return `[${content.name}](${content.uri})`;
    case 'diff':
      return `[diff of ${content.path}]`;
    case 'plan':
      return content.entries.map((entry) => `- ${entry.content}`).join('\n');
  }
};
