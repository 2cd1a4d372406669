import type { Answer, Sink } from '@agent-harbor/rest-api';
import type { frameKinds } from './fault.ts';
import { overSink } from './over-sink.ts';

/** An event stream in which one event comes as half, twice or not at all. Other answers stay as they are. */
export const frames = (answer: Answer, kind: (typeof frameKinds)[number], number: number): Answer => {
  const { payload, headers } = answer;
  if (payload.kind !== 'stream' || headers['content-type'] !== 'text/event-stream') return answer;
  return { ...answer, payload: { kind: 'stream', run: (sink) => payload.run(spoilt(sink, kind, number)) } };
};

const spoilt = (sink: Sink, kind: (typeof frameKinds)[number], number: number): Sink => {
  let events = 0;
  let isBroken = false;
  return overSink(sink, {
    write(text) {
      if (isBroken) return true;
      if (typeof text !== 'string') return sink.write(text);
      let written = '';
      for (const frame of framesOf(text)) {
        if (isEvent(frame)) events += 1;
        if (!isEvent(frame) || events !== number) {
          written += frame;
        } else if (kind === 'half-frame') {
          isBroken = true;
          sink.breakOff(written + frame.slice(0, Math.ceil(frame.length / 2)));
          return true;
        } else if (kind === 'duplicate-frame') {
          written += frame + frame;
        }
      }
      return written === '' || sink.write(written);
    },
    drained: () => (isBroken ? Promise.resolve() : sink.drained()),
    end: () => {
      if (!isBroken) sink.end();
    },
    leave: () => {
      if (!isBroken) sink.leave();
    },
  });
};

/** Frames end with an empty line, and are written whole. */
const framesOf = (text: string): readonly string[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .map((frame) => `${frame}\n\n`);

/** Not a heartbeat, a `retry:` or a cursor. */
const isEvent = (frame: string): boolean => /^data:/m.test(frame) && !/^event:/m.test(frame);
