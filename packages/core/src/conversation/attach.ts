import {
  type AttachmentContent,
  type AttachmentInput,
  attachmentBytes,
  type ContentBlock,
  messageAttachmentBytes,
} from '@agent-harbor/api-contract/schemas';
import { digest } from '../digest.ts';
import { utf8Bytes } from '../event/bytes.ts';
import { fieldProblem, Problem } from '../problem.ts';
import { mimeTypeOf } from '../workspace/mime.ts';
import type { Workspaces } from '../workspace/workspaces.ts';
import { type OpenTokenCounter, openedOnce } from './tokens.ts';

/** An attachment as it is kept, and as the agent gets it. */
export interface Attached {
  readonly kept: AttachmentContent;
  readonly block: ContentBlock;
}

/** Reads a file of the session's workspace. */
export type ReadFile = (path: string) => ReturnType<Workspaces['fileContent']>;

/** Where a file of the workspace is, for an agent that can open it. */
export type LocateFile = (path: string) => string;

/** What is sent along, checked: that it is what it says, and not too large. */
export const attach = async (
  inputs: readonly AttachmentInput[],
  createdAt: string,
  read: ReadFile,
  locate: LocateFile,
  openCounter: OpenTokenCounter,
): Promise<readonly Attached[]> => {
  const counter = openedOnce(openCounter);
  const attached: Attached[] = [];
  let total = 0;
  for (const [index, input] of inputs.entries()) {
    const one =
      input.type === 'image'
        ? attachImage(input, `attachments.${index}.data_url`, createdAt)
        : await attachFile(input, `attachments.${index}`, createdAt, read, locate, counter);
    const bytes = one.kept.size_bytes;
    total += bytes;
    if (bytes > attachmentBytes) throw tooLarge(`Attachment ${index}`, bytes, attachmentBytes);
    attached.push(one);
  }
  if (total > messageAttachmentBytes) throw tooLarge('All attachments', total, messageAttachmentBytes);
  return attached;
};

type FileInput = Extract<AttachmentInput, { type: 'file' }>;
type ImageInput = Extract<AttachmentInput, { type: 'image' }>;

const attachFile = async (
  { file_path, content: given, include_full_content, preview_lines }: FileInput,
  field: string,
  created_at: string,
  read: ReadFile,
  locate: LocateFile,
  openCounter: OpenTokenCounter,
): Promise<Attached> => {
  const whole = given ?? (await textOf(file_path, `${field}.file_path`, read));
  const content = include_full_content === false ? firstLines(whole, preview_lines ?? 20) : whole;
  const mime_type = mimeTypeOf(file_path, false);
  const uri = locate(file_path);
  return {
    kept: {
      id: attachmentId('file', file_path, content),
      type: 'file',
      file_path,
      mime_type,
      size_bytes: utf8Bytes(content),
      token_count: await (await openCounter()).count(content),
      created_at,
      content,
      encoding: 'utf-8',
    },
    // What is in the workspace the agent opens itself; what is not it is given.
    block:
      given === undefined
        ? { type: 'resource_link', uri, name: file_path.slice(-255), mimeType: mime_type }
        : { type: 'resource', resource: { uri, mimeType: mime_type, text: content } },
  };
};

const textOf = async (path: string, field: string, read: ReadFile): Promise<string> => {
  const file = await read(path).catch((error: unknown) => {
    if (error instanceof Problem && error.code === 'file-not-found')
      throw fieldProblem(field, 'is no file of the workspace; send its content');
    throw error;
  });
  if (file.encoding !== 'utf-8') throw fieldProblem(field, 'is no text; send an image as data_url');
  return file.content;
};

const firstLines = (text: string, count: number): string => text.split('\n', count).join('\n');

/** How the bytes of each kind of image begin, as text of one unit a byte. */
const beginnings: Readonly<Record<string, RegExp>> = {
  'image/png': /^\x89PNG\r\n\x1a\n/,
  'image/jpeg': /^\xff\xd8\xff/,
  'image/gif': /^GIF8[79]a/,
  'image/webp': /^RIFF[\s\S]{4}WEBP/,
};

const attachImage = ({ data_url, filename }: ImageInput, field: string, created_at: string): Attached => {
  const [, mimeType = '', data = ''] = /^data:([^;]+);base64,(.*)$/.exec(data_url) ?? [];
  const bytes = bytesOf(data);
  if (bytes === undefined) throw fieldProblem(field, 'is not base64');
  if (beginnings[mimeType]?.test(bytes) !== true) throw fieldProblem(field, `is not ${mimeType}`);
  return {
    kept: {
      id: attachmentId('image', filename ?? '', data_url),
      type: 'image',
      ...(filename === undefined ? {} : { filename }),
      mime_type: mimeType,
      size_bytes: bytes.length,
      token_count: null,
      created_at,
      content: data,
      encoding: 'base64',
    },
    block: { type: 'image', data, mimeType },
  };
};

const bytesOf = (base64: string): string | undefined => {
  try {
    return atob(base64);
  } catch {
    return undefined;
  }
};

const attachmentId = (...parts: readonly string[]): string => `att-${digest(JSON.stringify(parts))}`;

export const tooLarge = (what: string, bytes: number, limit: number): Problem =>
  new Problem('payload-too-large', { detail: `${what}: ${bytes} bytes; at most ${limit} are taken.` });
