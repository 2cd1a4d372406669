import { JsonObject } from '@agent-harbor/api-contract/schemas';
import { z } from 'zod';

/** A part of a content; what is no text is told by its type. */
const Part = z.object({ type: z.string().optional(), text: z.string().optional() }).passthrough();

/** A content that is one text or parts. */
export const Content = z.union([z.string(), z.array(z.union([z.string(), Part]))]).nullish();

/** The texts of a content, one for each part. */
export const textsOf = (content: z.infer<typeof Content>): readonly string[] => {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return content === '' ? [] : [content];
  return content.flatMap((part) => {
    if (typeof part === 'string') return [part];
    return part.text ?? [];
  });
};

/** A schema of an agent's own; whatever is no object counts as none. */
export const Schema = JsonObject.optional().catch(undefined);
