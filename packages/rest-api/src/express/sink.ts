import type { ServerResponse } from 'node:http';
import type { Sink } from '../http/answer.ts';

/** A stream's text, written to Node's response. Writing to one that is gone does nothing. */
export const createSink = (response: ServerResponse): Sink => ({
  write: (text) => response.destroyed || response.write(text),
  drained: () =>
    new Promise((resolve) => {
      const done = () => {
        response.off('drain', done);
        response.off('close', done);
        resolve();
      };
      if (response.destroyed || !response.writableNeedDrain) return resolve();
      response.on('drain', done);
      response.on('close', done);
    }),
  end: () => {
    response.end();
  },
  cut: () => {
    response.destroy();
  },
  breakOff: (text) => {
    if (response.destroyed) return;
    response.write(text, () => response.destroy());
  },
});
