import { JsonObject as AnyObject, type JsonObject } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { type Frame, inChunks, type Reply } from '../exchange/reply.ts';
import type { DeclaredTool } from '../exchange/request.ts';
import { createSays } from '../exchange/says.ts';
import type { Api } from './api.ts';
import { Content, Schema, textsOf } from './content.ts';
import { nestedTools } from './nested-tools.ts';
import { openaiFailure } from './openai-failure.ts';

const Plain = z
  .object({
    type: z.string(),
    name: z.string().optional(),
    description: z.string().optional(),
    parameters: Schema,
  })
  .passthrough();
/** A namespace holds tools. */
const Tool = Plain.extend({ tools: z.array(Plain).optional().catch(undefined) });

const Item = z
  .object({
    type: z.string().default('message'),
    role: z.string().optional(),
    content: Content.catch(undefined),
    name: z.string().optional(),
    call_id: z.string().nullish(),
    output: Content.catch(undefined),
    /** Tools that are told in the conversation. */
    tools: z.array(Tool).optional().catch(undefined),
  })
  .passthrough();

const Request = z
  .object({
    model: z.string().min(1),
    input: z.union([z.string(), z.array(Item).min(1)]),
    instructions: z.string().nullish(),
    stream: z.boolean().nullish(),
    tools: z.array(Tool).nullish(),
    text: z
      .object({ format: z.object({ type: z.string(), schema: Schema }).passthrough().nullish() })
      .passthrough()
      .nullish(),
    prompt_cache_key: z.string().nullish(),
  })
  .passthrough();

/** OpenAI Responses. */
export const openaiResponses: Api = {
  overload: { status: 503, type: 'server_is_overloaded' },
  read(body, { session }) {
    const request = parse(Request, body);
    const says = createSays();
    const instructions = [request.instructions ?? ''];
    const items =
      typeof request.input === 'string'
        ? [{ type: 'message', role: 'user', content: request.input }]
        : request.input;
    const told = [...(request.tools ?? [])];
    for (const item of items.map((one) => Item.parse(one))) {
      told.push(...(item.tools ?? []));
      const texts = textsOf(item.content);
      if (item.type === 'message' && (item.role === 'system' || item.role === 'developer'))
        instructions.push(...texts);
      else if (item.type === 'message' && item.role === 'assistant') says.model(texts.join(''));
      else if (item.type === 'message') says.user(texts);
      else if (item.type.endsWith('_call')) {
        says.model('', [
          { id: item.call_id ?? undefined, name: item.name ?? item.type.replace(/_call$/, '') },
        ]);
      } else if (item.type.endsWith('_call_output')) {
        says.user([], [{ id: item.call_id ?? undefined, text: textsOf(item.output).join('\n') }]);
      }
    }
    const format = request.text?.format;
    const wantsJson = format?.type === 'json_schema' || format?.type === 'json_object';
    return {
      api: 'openai-responses',
      model: request.model,
      stream: request.stream === true,
      system: instructions.join('\n\n'),
      says: says.all,
      tools: told.flatMap(declaredIn),
      wantsJson: wantsJson ? (format?.schema ?? {}) : undefined,
      thinks: true,
      session: session ?? request.prompt_cache_key ?? undefined,
    };
  },
  whole: (reply) => responseOf(reply, 'completed', itemsOf(reply)),
  frames(reply) {
    const frames: Frame[] = [];
    let sequence_number = 0;
    const add = (atMs: number, type: string, members: object) => {
      frames.push({ atMs, event: type, data: AnyObject.parse({ type, sequence_number, ...members }) });
      sequence_number += 1;
    };
    const begun = responseOf(reply, 'in_progress', []);
    add(0, 'response.created', { response: begun });
    add(0, 'response.in_progress', { response: begun });
    const parts = itemsOf(reply);
    for (const [output_index, item] of parts.entries()) {
      const item_id = item.id;
      const at = { output_index, item_id };
      const done = (atMs: number) => add(atMs, 'response.output_item.done', { output_index, item });
      if (item.type === 'message') {
        const first = reply.texts[0]?.atMs ?? 0;
        const part = { type: 'output_text', text: '', annotations: [], logprobs: [] };
        add(first, 'response.output_item.added', {
          output_index,
          item: { ...item, status: 'in_progress', content: [] },
        });
        add(first, 'response.content_part.added', { ...at, content_index: 0, part });
        for (const [piece, { atMs, text }] of reply.texts.entries()) {
          for (const delta of inChunks(piece === 0 ? text : `\n\n${text}`))
            add(atMs, 'response.output_text.delta', { ...at, content_index: 0, delta, logprobs: [] });
        }
        const text = textIn(reply);
        add(reply.endMs, 'response.output_text.done', { ...at, content_index: 0, text, logprobs: [] });
        add(reply.endMs, 'response.content_part.done', { ...at, content_index: 0, part: { ...part, text } });
        done(reply.endMs);
      } else if (item.type === 'reasoning') {
        const first = reply.thoughts[0]?.atMs ?? 0;
        add(first, 'response.output_item.added', { output_index, item: { ...item, summary: [] } });
        for (const [summary_index, { atMs, text }] of reply.thoughts.entries()) {
          const part = { type: 'summary_text', text: '' };
          add(atMs, 'response.reasoning_summary_part.added', { ...at, summary_index, part });
          for (const delta of inChunks(text))
            add(atMs, 'response.reasoning_summary_text.delta', { ...at, summary_index, delta });
          add(atMs, 'response.reasoning_summary_text.done', { ...at, summary_index, text });
          add(atMs, 'response.reasoning_summary_part.done', {
            ...at,
            summary_index,
            part: { ...part, text },
          });
        }
        done(reply.thoughts.at(-1)?.atMs ?? 0);
      } else {
        const isFunction = item.type === 'function_call';
        const member = isFunction ? 'arguments' : 'input';
        const body = String(item[member]);
        const event = isFunction ? 'response.function_call_arguments' : 'response.custom_tool_call_input';
        const opened = { ...item, [member]: '', status: 'in_progress' };
        add(reply.endMs, 'response.output_item.added', { output_index, item: opened });
        for (const delta of inChunks(body)) add(reply.endMs, `${event}.delta`, { ...at, delta });
        add(reply.endMs, `${event}.done`, { ...at, name: item.name, [member]: body });
        done(reply.endMs);
      }
    }
    const isWhole = reply.stop !== 'length';
    add(reply.endMs, isWhole ? 'response.completed' : 'response.incomplete', {
      response: responseOf(reply, isWhole ? 'completed' : 'incomplete', parts),
    });
    return frames;
  },
  failure: openaiFailure,
};

/** Calls of tools in a namespace of their own would have to say so; the usual one is called without. */
const declaredIn = (tool: z.infer<typeof Tool>): readonly DeclaredTool[] => {
  if (tool.type !== 'namespace') return declared(tool);
  return tool.name === 'functions' ? (tool.tools ?? []).flatMap(declared) : [];
};

const declared = ({
  type,
  name,
  description = '',
  parameters,
}: z.infer<typeof Plain>): readonly DeclaredTool[] => {
  if (name === undefined) return [];
  if (type === 'function') return [{ name, kind: 'function', schema: parameters }];
  if (type !== 'custom') return [];
  return [{ name, kind: 'freeform', schema: undefined }, ...nestedTools(name, description)];
};

const textIn = ({ texts }: Reply): string => texts.map(({ text }) => text).join('\n\n');

const itemsOf = (reply: Reply): readonly JsonObject[] => [
  ...(reply.thoughts.length === 0
    ? []
    : [
        {
          id: `rs_${reply.id}`,
          type: 'reasoning',
          summary: reply.thoughts.map(({ text }) => ({ type: 'summary_text', text })),
          encrypted_content: `bW9jaw${reply.id}`,
        },
      ]),
  ...(reply.texts.length === 0
    ? []
    : [
        {
          id: `msg_${reply.id}`,
          type: 'message',
          status: 'completed',
          role: 'assistant',
          content: [{ type: 'output_text', text: textIn(reply), annotations: [], logprobs: [] }],
        },
      ]),
  ...reply.calls.map(({ id, name, input }) => {
    const shared = { id: `fc_${id}`, call_id: id, name, status: 'completed' };
    return typeof input === 'string'
      ? { ...shared, type: 'custom_tool_call', input }
      : { ...shared, type: 'function_call', arguments: JSON.stringify(input) };
  }),
];

const responseOf = (reply: Reply, status: string, output: readonly JsonObject[]): JsonObject => {
  const { input, output: given } = reply.usage;
  return AnyObject.parse({
    id: `resp_${reply.id}`,
    object: 'response',
    created_at: reply.createdAt,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: 'max_output_tokens' } : null,
    model: reply.model,
    output,
    parallel_tool_calls: true,
    tool_choice: 'auto',
    tools: [],
    usage:
      status === 'in_progress'
        ? null
        : {
            input_tokens: input,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: given,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: input + given,
          },
  });
};
