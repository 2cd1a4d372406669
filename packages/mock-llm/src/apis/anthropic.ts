import { JsonObject as AnyObject, type JsonObject } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { type Frame, inChunks, type Reply } from '../exchange/reply.ts';
import type { PastCall, ToolResult } from '../exchange/request.ts';
import { createSays } from '../exchange/says.ts';
import type { Api } from './api.ts';
import { Content, Schema, textsOf } from './content.ts';

const Block = z
  .object({
    type: z.string(),
    text: z.string().optional(),
    id: z.string().optional(),
    name: z.string().optional(),
    tool_use_id: z.string().optional(),
    content: Content.catch(undefined),
  })
  .passthrough();

const Request = z
  .object({
    model: z.string().min(1),
    messages: z
      .array(
        z
          .object({
            role: z.enum(['user', 'assistant', 'system']),
            content: z.union([z.string(), z.array(Block)]),
          })
          .passthrough(),
      )
      .min(1),
    system: Content,
    stream: z.boolean().default(false),
    tools: z.array(z.object({ name: z.string().min(1), input_schema: Schema }).passthrough()).default([]),
    thinking: z.object({ type: z.string() }).passthrough().optional(),
    output_config: z
      .object({ format: z.object({ schema: Schema }).passthrough().nullish() })
      .passthrough()
      .optional(),
    output_format: z.object({ schema: Schema }).passthrough().nullish(),
    metadata: z.object({ user_id: z.string().nullish() }).passthrough().nullish(),
  })
  .passthrough();

/** Anthropic Messages. */
export const anthropic: Api = {
  overload: { status: 529, type: 'overloaded_error' },
  read(body, { session }) {
    const { model, messages, system, stream, tools, thinking, output_config, output_format, metadata } =
      parse(Request, body);
    const says = createSays();
    const instructions = [...textsOf(system)];
    for (const { role, content } of messages) {
      const blocks =
        typeof content === 'string' ? [{ type: 'text', text: content, content: undefined }] : content;
      const texts = blocks.flatMap(({ type, text }) => (type === 'text' && text !== undefined ? [text] : []));
      if (role === 'system') instructions.push(...texts);
      else if (role === 'assistant') says.model(texts.join(''), blocks.flatMap(callIn));
      else says.user(texts, blocks.flatMap(resultIn));
    }
    const format = output_config?.format ?? output_format ?? undefined;
    return {
      api: 'anthropic',
      model,
      stream,
      system: instructions.join('\n\n'),
      says: says.all,
      // Tools the vendor runs itself have no schema: no agent carries them out.
      tools: tools
        .filter(({ input_schema }) => input_schema !== undefined)
        .map(({ name, input_schema: schema }) => ({ name, kind: 'function', schema })),
      wantsJson: format === undefined ? undefined : (format.schema ?? {}),
      thinks: thinking !== undefined && thinking.type !== 'disabled',
      session: session ?? metadata?.user_id ?? undefined,
    };
  },
  whole(reply, { thinks }) {
    const thinking = thinks ? reply.thoughts.map(({ text }) => text).join('\n\n') : '';
    const text = reply.texts.map((piece) => piece.text).join('\n\n');
    return AnyObject.parse({
      ...messageOf(reply),
      content: [
        ...(thinking === '' ? [] : [{ type: 'thinking', thinking, signature: signatureOf(reply) }]),
        ...(text === '' ? [] : [{ type: 'text', text }]),
        ...reply.calls.map(({ id, name, input }) => ({ type: 'tool_use', id, name, input })),
      ],
      stop_reason: stopReasons[reply.stop],
      usage: { input_tokens: reply.usage.input, output_tokens: reply.usage.output },
    });
  },
  frames(reply, { thinks }) {
    const frames: Frame[] = [];
    const add = (atMs: number, type: string, members: object) =>
      frames.push({ atMs, event: type, data: AnyObject.parse({ type, ...members }) });
    let index = -1;
    const block = (start: object, deltas: readonly { atMs: number; delta: object }[], atMs: number) => {
      index += 1;
      add(deltas[0]?.atMs ?? atMs, 'content_block_start', { index, content_block: start });
      for (const { atMs: at, delta } of deltas) add(at, 'content_block_delta', { index, delta });
      add(deltas.at(-1)?.atMs ?? atMs, 'content_block_stop', { index });
    };
    const usage = { input_tokens: reply.usage.input, output_tokens: 1 };
    add(0, 'message_start', { message: { ...messageOf(reply), content: [], stop_reason: null, usage } });
    add(0, 'ping', {});
    if (thinks && reply.thoughts.length > 0) {
      const deltas = reply.thoughts.flatMap(({ atMs, text }, piece) =>
        inChunks(piece === 0 ? text : `\n\n${text}`).map((thinking) => ({
          atMs,
          delta: { type: 'thinking_delta', thinking },
        })),
      );
      const signed = {
        atMs: deltas.at(-1)?.atMs ?? 0,
        delta: { type: 'signature_delta', signature: signatureOf(reply) },
      };
      block({ type: 'thinking', thinking: '', signature: '' }, [...deltas, signed], 0);
    }
    if (reply.texts.length > 0) {
      const deltas = reply.texts.flatMap(({ atMs, text }, piece) =>
        inChunks(piece === 0 ? text : `\n\n${text}`).map((chunk) => ({
          atMs,
          delta: { type: 'text_delta', text: chunk },
        })),
      );
      block({ type: 'text', text: '' }, deltas, 0);
    }
    for (const { id, name, input } of reply.calls) {
      const deltas = inChunks(JSON.stringify(input)).map((partial_json) => ({
        atMs: reply.endMs,
        delta: { type: 'input_json_delta', partial_json },
      }));
      block({ type: 'tool_use', id, name, input: {} }, deltas, reply.endMs);
    }
    add(reply.endMs, 'message_delta', {
      delta: { stop_reason: stopReasons[reply.stop], stop_sequence: null },
      usage: { input_tokens: reply.usage.input, output_tokens: reply.usage.output },
    });
    add(reply.endMs, 'message_stop', {});
    return frames;
  },
  failure: ({ type, message }) => ({ type: 'error', error: { type, message } }),
  count: (tokens) => ({ input_tokens: tokens }),
};

const stopReasons = { end: 'end_turn', calls: 'tool_use', length: 'max_tokens', refusal: 'refusal' } as const;

const messageOf = ({ id, model }: Reply): JsonObject => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  model,
  stop_sequence: null,
});

/** Agents send thoughts back with their signature; nobody checks it here. */
const signatureOf = ({ id }: Reply): string => `bW9jaw${id}`;

const callIn = ({ type, id, name }: z.infer<typeof Block>): readonly PastCall[] =>
  type === 'tool_use' && name !== undefined ? [{ id, name }] : [];

const resultIn = ({ type, tool_use_id: id, content }: z.infer<typeof Block>): readonly ToolResult[] =>
  type === 'tool_result' ? [{ id, text: textsOf(content).join('\n') }] : [];
