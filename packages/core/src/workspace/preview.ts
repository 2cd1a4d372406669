import type { FilePreview, PreviewQuery } from '@agent-harbor/api-contract/schemas';
import type { FileHead } from '../executor/workspace-look.ts';
import { languageOf } from './language.ts';
import { mimeTypeOf } from './mime.ts';
import { pictureOf } from './picture.ts';
import { decoded } from './text-encoding.ts';

/** Pictures up to this size are sent whole. */
export const pictureBytes = 1024 * 1024;
/** What is read to know what a file is, also when less of it is shown. */
export const leastHead = 4096;

/** What is shown of a file. `whole` is all of it, where it is a picture that is sent. */
export const previewOf = (
  path: string,
  found: FileHead,
  { max_lines, max_bytes }: PreviewQuery,
  whole: Uint8Array | undefined,
): FilePreview => {
  const { head, bytes } = found;
  const shown = head.subarray(0, max_bytes);
  const isWhole = shown.length >= bytes;
  // Judged by all that was read, so that showing less of a file does not make it another one.
  const { encoding } = decoded(head, head.length >= bytes);
  const text = encoding === 'binary' ? null : new TextDecoder(encoding).decode(shown, { stream: !isWhole });
  const lines = text?.split('\n') ?? [];
  const picture = text === null ? pictureOf(head) : undefined;
  return {
    path,
    content_preview: lines.slice(0, max_lines).join('\n'),
    language: text === null ? 'binary' : languageOf(path),
    mime_type: picture?.mime_type ?? mimeTypeOf(path, text === null),
    size_bytes: bytes,
    lines: text === null || encoding.startsWith('utf-16') ? null : found.lines,
    estimated_tokens: text === null ? 0 : Math.ceil(bytes / 4),
    is_binary: text === null,
    is_truncated: text !== null && (!isWhole || lines.length > max_lines),
    encoding,
    image: picture === undefined ? null : { ...picture, data: whole === undefined ? null : base64Of(whole) },
  };
};

const base64Of = (bytes: Uint8Array): string => {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
};
