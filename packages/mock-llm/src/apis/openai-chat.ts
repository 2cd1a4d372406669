import { JsonObject as AnyObject, type JsonObject } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { type Frame, inChunks, type Reply } from '../exchange/reply.ts';
import type { DeclaredTool } from '../exchange/request.ts';
import { createSays } from '../exchange/says.ts';
import type { Api } from './api.ts';
import { Content, Schema, textsOf } from './content.ts';
import { openaiFailure } from './openai-failure.ts';

const Named = z.object({ name: z.string().min(1) }).passthrough();
const Call = z
  .object({ id: z.string().optional(), function: Named.optional(), custom: Named.optional() })
  .passthrough();
const Tool = z
  .object({
    type: z.string(),
    function: Named.extend({ parameters: Schema }).optional(),
    custom: Named.optional(),
  })
  .passthrough();

const Request = z
  .object({
    model: z.string().min(1),
    messages: z
      .array(
        z
          .object({
            role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
            content: Content,
            tool_calls: z.array(Call).nullish(),
            tool_call_id: z.string().optional(),
          })
          .passthrough(),
      )
      .min(1),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().optional() }).passthrough().nullish(),
    tools: z.array(Tool).nullish(),
    response_format: z
      .object({ type: z.string(), json_schema: z.object({ schema: Schema }).passthrough().optional() })
      .passthrough()
      .nullish(),
    user: z.string().optional(),
    prompt_cache_key: z.string().optional(),
  })
  .passthrough();

/** OpenAI Chat Completions. */
export const openaiChat: Api = {
  overload: { status: 503, type: 'service_unavailable' },
  read(body, { session }) {
    const { model, messages, stream, tools, response_format: format, ...rest } = parse(Request, body);
    const says = createSays();
    const instructions: string[] = [];
    for (const { role, content, tool_calls, tool_call_id } of messages) {
      const texts = textsOf(content);
      if (role === 'system' || role === 'developer') instructions.push(...texts);
      else if (role === 'user') says.user(texts);
      else if (role === 'assistant') {
        const calls = (tool_calls ?? []).map(({ id, ...called }) => ({
          id,
          name: (called.function ?? called.custom)?.name ?? '',
        }));
        says.model(texts.join(''), calls);
      } else says.user([], [{ id: tool_call_id, text: texts.join('\n') }]);
    }
    const wantsJson = format?.type === 'json_schema' || format?.type === 'json_object';
    return {
      api: 'openai-chat',
      model,
      stream: stream === true,
      system: instructions.join('\n\n'),
      says: says.all,
      tools: (tools ?? []).flatMap(declared),
      wantsJson: wantsJson ? (format?.json_schema?.schema ?? {}) : undefined,
      // Not of the API of OpenAI, but of many that speak it.
      thinks: true,
      session: session ?? rest.prompt_cache_key ?? rest.user,
    };
  },
  whole(reply) {
    const text = reply.texts.map((piece) => piece.text).join('\n\n');
    const thoughts = reply.thoughts.map((piece) => piece.text).join('\n\n');
    return AnyObject.parse({
      ...chunkOf(reply, 'chat.completion'),
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text === '' ? null : text,
            refusal: null,
            ...(thoughts === '' ? {} : { reasoning_content: thoughts }),
            ...(reply.calls.length === 0 ? {} : { tool_calls: reply.calls.map(toolCall) }),
          },
          logprobs: null,
          finish_reason: stopReasons[reply.stop],
        },
      ],
      usage: usageOf(reply),
    });
  },
  frames(reply) {
    const frames: Frame[] = [];
    const add = (atMs: number, delta: object, finish: string | null = null) => {
      const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
      frames.push({ atMs, data: AnyObject.parse({ ...chunkOf(reply, 'chat.completion.chunk'), choices }) });
    };
    add(0, { role: 'assistant', content: '' });
    for (const [piece, { atMs, text }] of reply.thoughts.entries()) {
      for (const chunk of inChunks(piece === 0 ? text : `\n\n${text}`))
        add(atMs, { reasoning_content: chunk });
    }
    for (const [piece, { atMs, text }] of reply.texts.entries()) {
      for (const content of inChunks(piece === 0 ? text : `\n\n${text}`)) add(atMs, { content });
    }
    for (const [index, called] of reply.calls.entries()) {
      const { function: fn, custom, ...rest } = toolCall(called);
      const body = fn?.arguments ?? custom?.input ?? '';
      const part = (text: string) =>
        fn === undefined ? { custom: { input: text } } : { function: { arguments: text } };
      const begin =
        fn === undefined ? { custom: { ...custom, input: '' } } : { function: { ...fn, arguments: '' } };
      add(reply.endMs, { tool_calls: [{ index, ...rest, ...begin }] });
      for (const chunk of inChunks(body)) add(reply.endMs, { tool_calls: [{ index, ...part(chunk) }] });
    }
    add(reply.endMs, {}, stopReasons[reply.stop]);
    const last = { ...chunkOf(reply, 'chat.completion.chunk'), choices: [], usage: usageOf(reply) };
    frames.push({ atMs: reply.endMs, data: AnyObject.parse(last) }, { atMs: reply.endMs, data: '[DONE]' });
    return frames;
  },
  failure: openaiFailure,
};

const stopReasons = {
  end: 'stop',
  calls: 'tool_calls',
  length: 'length',
  refusal: 'content_filter',
} as const;

const declared = ({ function: fn, custom }: z.infer<typeof Tool>): readonly DeclaredTool[] => {
  if (fn !== undefined) return [{ name: fn.name, kind: 'function', schema: fn.parameters }];
  return custom === undefined ? [] : [{ name: custom.name, kind: 'freeform', schema: undefined }];
};

const chunkOf = ({ id, model, createdAt }: Reply, object: string): JsonObject => ({
  id: `chatcmpl-${id}`,
  object,
  created: createdAt,
  model,
});

interface ToolCall {
  readonly id: string;
  readonly type: string;
  readonly function?: { readonly name: string; readonly arguments: string };
  readonly custom?: { readonly name: string; readonly input: string };
}

const toolCall = ({ id, name, input }: Reply['calls'][number]): ToolCall =>
  typeof input === 'string'
    ? { id, type: 'custom', custom: { name, input } }
    : { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };

const usageOf = ({ usage: { input, output } }: Reply): JsonObject => ({
  prompt_tokens: input,
  completion_tokens: output,
  total_tokens: input + output,
});
