import type { ContentBlock } from '@agent-harbor/api-contract/schemas';
import { fieldProblem } from '@agent-harbor/core/problem';
import type * as Sdk from '@agentclientprotocol/sdk';
import { cutMiddle, outputBytes } from '../../journal/cut.ts';
import { isRecord, isText } from '../../process/shape.ts';

/** A content block as text; what is no text is named. */
export const contentText = (content: unknown): string => {
  if (!isRecord(content)) return '';
  const { type, text, uri, name, mimeType, resource } = content;
  if (isText(text)) return text;
  if (type === 'resource' && isRecord(resource)) {
    return isText(resource.text) ? resource.text : `[${isText(resource.uri) ? resource.uri : 'resource'}]`;
  }
  if (type === 'resource_link') return `[${isText(name) ? name : 'resource'}](${isText(uri) ? uri : ''})`;
  return `[${isText(type) ? type : 'content'}${isText(mimeType) ? ` ${mimeType}` : ''}]`;
};

/** Tool output as it is recorded. */
export const boundedOutput = (text: string): { tool_output: string; truncated?: true } => {
  const { text: output, cut } = cutMiddle(text.toWellFormed(), outputBytes);
  return cut ? { tool_output: output, truncated: true } : { tool_output: output };
};

/** The content an agent takes in prompts. */
export interface UnderstoodContent {
  /** What it takes beside text. */
  readonly kinds: readonly string[];
  /** The first block the agent does not take. */
  foreign(blocks: readonly ContentBlock[]): ContentBlock | undefined;
  /** Throws when there is one. */
  check(blocks: readonly ContentBlock[]): void;
  /** A block as the protocol has it; one the agent does not take is told to it in words. */
  wireBlock(block: ContentBlock): Sdk.ContentBlock;
}

export const contentOf = ({ image, audio, embeddedContext }: Sdk.PromptCapabilities): UnderstoodContent => {
  const taken = { image, audio, resource: embeddedContext, text: true, resource_link: true };
  const isForeign = ({ type }: ContentBlock) => taken[type] !== true;
  return {
    kinds: Object.entries({ image, audio, resource: embeddedContext }).flatMap(([kind, is]) =>
      is === true ? [kind] : [],
    ),
    foreign: (blocks) => blocks.find(isForeign),
    check(blocks) {
      const index = blocks.findIndex(isForeign);
      const type = blocks[index]?.type;
      if (type === undefined) return;
      throw fieldProblem(
        `prompt.${index}`,
        `is ${type} content, which this agent does not take; send text instead`,
      );
    },
    wireBlock(block) {
      if (isForeign(block)) return { type: 'text', text: contentText(block) };
      if (block.type !== 'resource') return block;
      // A resource must be one of two kinds in the protocol.
      const { text, blob, ...place } = block.resource;
      return {
        ...block,
        resource: blob === undefined ? { ...place, text: text ?? '' } : { ...place, blob },
      };
    },
  };
};
