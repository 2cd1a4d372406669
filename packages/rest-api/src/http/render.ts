import { isAppRouteNoBody, isAppRouteOtherResponse } from '@ts-rest/core';
import type { Answer, Sink } from './answer.ts';
import type { AnyReply, BytesReply, JsonReply, JsonTextReply, StreamReply } from './call.ts';
import { checkReply } from './check-reply.ts';
import { etagOf, isKnown } from './etag.ts';
import { formats } from './event-stream/format.ts';
import type { Entered } from './exchange.ts';

/** How replies become answers. */
export interface Rendering {
  readonly checksReplies: boolean;
  readonly writeStream: (entered: Entered, reply: StreamReply, sink: Sink) => Promise<void>;
  readonly writeBytes: (entered: Entered, reply: BytesReply, sink: Sink) => Promise<void>;
}

/** A handler's reply as an answer of HTTP, without the headers every answer carries. */
export const render = (entered: Entered, reply: AnyReply, setting: Rendering): Answer => {
  if ('stream' in reply) return renderStream(entered, reply, setting);
  if ('bytes' in reply) return renderBytes(entered, reply, setting);
  if ('text' in reply) {
    const headers = { 'content-type': `${reply.mediaType}; charset=utf-8`, vary: 'Accept' };
    return { status: reply.status, headers, payload: { kind: 'text', text: reply.text } };
  }
  if (setting.checksReplies) {
    checkReply(
      entered.route,
      'json' in reply ? { status: reply.status, body: JSON.parse(reply.json) } : reply,
    );
  }
  return renderJson(entered, reply);
};

const renderStream = (entered: Entered, reply: StreamReply, { writeStream }: Rendering): Answer => ({
  status: reply.status,
  headers: {
    'content-type': formats[reply.format].mediaType,
    'cache-control': 'no-cache',
    vary: 'Accept',
    // Proxies such as nginx would hold the events back.
    'x-accel-buffering': 'no',
    ...reply.headers,
  },
  payload:
    entered.exchange.incoming.method === 'HEAD'
      ? { kind: 'none' }
      : { kind: 'stream', run: (sink) => writeStream(entered, reply, sink) },
});

const renderBytes = (entered: Entered, reply: BytesReply, { writeBytes }: Rendering): Answer => {
  const declared = entered.route.schema.responses[reply.status];
  if (declared === undefined || !isAppRouteOtherResponse(declared)) {
    throw new Error(`${entered.route.name} answered with bytes, which its route does not declare`);
  }
  const headers = {
    'content-type': declared.contentType,
    // What agents made is never shown by a browser as a page of ours.
    'content-disposition': `attachment; filename="${reply.filename}"`,
    'x-accel-buffering': 'no',
  };
  return {
    status: reply.status,
    headers,
    payload: { kind: 'stream', run: (sink) => writeBytes(entered, reply, sink) },
  };
};

const renderJson = (entered: Entered, reply: JsonReply | JsonTextReply): Answer => {
  const { status } = reply;
  const headers = 'json' in reply ? {} : (reply.headers ?? {});
  const { schema, policy } = entered.route;
  const declared = schema.responses[status];
  if (declared === undefined || isAppRouteNoBody(declared))
    return { status, headers, payload: { kind: 'none' } };
  if (isAppRouteOtherResponse(declared) && 'body' in reply) {
    const typed = { 'content-type': `${declared.contentType}; charset=utf-8`, ...headers };
    return { status, headers: typed, payload: { kind: 'text', text: String(reply.body) } };
  }
  const typed = {
    'content-type': 'application/json; charset=utf-8',
    ...(policy.media[status] === undefined ? {} : { vary: 'Accept' }),
    ...headers,
  };
  const isConditional =
    status === 200 && (schema.responses[304] !== undefined || schema.responses[412] !== undefined);
  const payload = payloadOf(reply);
  if (!isConditional) return { status, headers: typed, payload };

  const text = 'json' in reply ? reply.json : JSON.stringify(reply.body);
  const etag = etagOf(text);
  const known = entered.exchange.headers['if-none-match'];
  if (schema.responses[304] !== undefined && known !== undefined && isKnown(known, etag)) {
    return {
      status: 304,
      headers: { etag, 'cache-control': 'private, no-cache' },
      payload: { kind: 'none' },
    };
  }
  const tagged = { ...typed, etag, 'cache-control': 'private, no-cache' };
  return { status, headers: tagged, payload: payload.kind === 'json' ? { ...payload, text } : payload };
};

const payloadOf = (reply: JsonReply | JsonTextReply) =>
  'json' in reply
    ? { kind: 'text' as const, text: reply.json }
    : { kind: 'json' as const, value: reply.body };
