import { JsonObject as AnyObject, type JsonObject } from '@agent-harbor/api-contract/schemas';
import { parse } from '@agent-harbor/core';
import { z } from 'zod';
import { type Frame, inChunks, type Reply } from '../exchange/reply.ts';
import { createSays } from '../exchange/says.ts';
import type { Api } from './api.ts';
import { Schema } from './content.ts';

const Part = z
  .object({
    text: z.string().optional(),
    thought: z.boolean().optional(),
    functionCall: z
      .object({ id: z.string().optional(), name: z.string().min(1) })
      .passthrough()
      .optional(),
    functionResponse: z
      .object({
        id: z.string().optional(),
        name: z.string().min(1),
        response: AnyObject.optional().catch(undefined),
      })
      .passthrough()
      .optional(),
  })
  .passthrough();
const Parts = z.union([z.array(Part), Part.transform((part) => [part])]).default([]);
const Said = z.object({ role: z.string().optional(), parts: Parts }).passthrough();

const Declaration = z
  .object({ name: z.string().min(1), parametersJsonSchema: Schema, parameters: Schema })
  .passthrough();

const Request = z
  .object({
    contents: z.array(Said).min(1),
    systemInstruction: Said.optional(),
    tools: z
      .array(z.object({ functionDeclarations: z.array(Declaration).optional() }).passthrough())
      .optional(),
    generationConfig: z
      .object({
        responseMimeType: z.string().optional(),
        responseSchema: Schema,
        responseJsonSchema: Schema,
        thinkingConfig: z.object({ includeThoughts: z.boolean().optional() }).passthrough().optional(),
      })
      .passthrough()
      .optional(),
  })
  .passthrough();

/** Gemini. */
export const gemini: Api = {
  overload: { status: 503, type: 'UNAVAILABLE' },
  read(body, { model = '', stream = false, session }) {
    const { contents, systemInstruction, tools = [], generationConfig: config } = parse(Request, body);
    const says = createSays();
    for (const { role, parts } of contents) {
      const texts = parts.flatMap(({ text, thought }) =>
        text === undefined || thought === true ? [] : [text],
      );
      if (role === 'model') {
        const calls = parts.flatMap(({ functionCall }) => (functionCall === undefined ? [] : [functionCall]));
        says.model(
          texts.join(''),
          calls.map(({ id, name }) => ({ id, name })),
        );
        continue;
      }
      const results = parts.flatMap(({ functionResponse: given }) =>
        given === undefined ? [] : [{ id: given.id, text: resultText(given.response) }],
      );
      says.user(texts, results);
    }
    const wantsJson = config?.responseMimeType === 'application/json';
    return {
      api: 'gemini',
      model,
      stream,
      system: (systemInstruction?.parts ?? []).map(({ text = '' }) => text).join('\n\n'),
      says: says.all,
      tools: tools
        .flatMap(({ functionDeclarations = [] }) => functionDeclarations)
        .map(({ name, parametersJsonSchema, parameters }) => ({
          name,
          kind: 'function',
          schema: parametersJsonSchema ?? parameters,
        })),
      wantsJson: wantsJson ? (config.responseJsonSchema ?? config.responseSchema ?? {}) : undefined,
      thinks: config?.thinkingConfig?.includeThoughts === true,
      session,
    };
  },
  whole(reply, { thinks }) {
    const parts = [
      ...(thinks ? reply.thoughts.map(({ text }) => ({ text, thought: true })) : []),
      ...(reply.texts.length === 0 ? [] : [{ text: reply.texts.map(({ text }) => text).join('\n\n') }]),
      ...reply.calls.map(callPart),
    ];
    return responseOf(reply, parts, stopReasons[reply.stop]);
  },
  frames(reply, { thinks }) {
    const frames: Frame[] = [];
    for (const { atMs, text } of thinks ? reply.thoughts : []) {
      frames.push({ atMs, data: responseOf(reply, [{ text, thought: true }]) });
    }
    for (const [piece, { atMs, text }] of reply.texts.entries()) {
      for (const chunk of inChunks(piece === 0 ? text : `\n\n${text}`)) {
        frames.push({ atMs, data: responseOf(reply, [{ text: chunk }]) });
      }
    }
    for (const call of reply.calls) {
      frames.push({ atMs: reply.endMs, data: responseOf(reply, [callPart(call)]) });
    }
    frames.push({ atMs: reply.endMs, data: responseOf(reply, [{ text: '' }], stopReasons[reply.stop]) });
    return frames;
  },
  failure: ({ status, type, message, retryAfterSeconds }) => ({
    error: {
      code: status,
      message,
      status: statusNames[status] ?? type,
      // This API says in the body when to come back.
      ...(retryAfterSeconds === undefined
        ? {}
        : {
            details: [
              { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` },
            ],
          }),
    },
  }),
  count: (tokens) => ({ totalTokens: tokens }),
};

const stopReasons = { end: 'STOP', calls: 'STOP', length: 'MAX_TOKENS', refusal: 'SAFETY' } as const;

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const resultText = (response: JsonObject | undefined): string => {
  const output = response?.output ?? response?.error;
  return typeof output === 'string' ? output : JSON.stringify(response ?? {});
};

const callPart = ({ id, name, input }: Reply['calls'][number]): JsonObject =>
  AnyObject.parse({ functionCall: { id, name, args: typeof input === 'string' ? { input } : input } });

const responseOf = (reply: Reply, parts: readonly object[], finishReason?: string): JsonObject =>
  AnyObject.parse({
    candidates: [
      {
        content: { role: 'model', parts },
        index: 0,
        ...(finishReason === undefined ? {} : { finishReason }),
      },
    ],
    usageMetadata: {
      promptTokenCount: reply.usage.input,
      candidatesTokenCount: reply.usage.output,
      totalTokenCount: reply.usage.input + reply.usage.output,
    },
    modelVersion: reply.model,
    responseId: reply.id,
  });
