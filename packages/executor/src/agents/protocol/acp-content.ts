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
