import type { ReadStream, WriteStream } from 'node:tty';
import type { Seat } from '../io.ts';

/** Shows the cursor, leaves the other screen and ends what programs switch on: colours, pasting in brackets, the mouse. */
const asItWas =
  '\u001b[0m\u001b[?25h\u001b[?1049l\u001b[?2004l\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l\u001b[?1l\u001b>';

/** The terminal this process runs in. */
export const terminalSeat = (input: ReadStream, output: WriteStream): Seat => ({
  size: () => ({ cols: within(output.columns, 80), rows: within(output.rows, 24) }),
  sit(take, resized) {
    let isSitting = true;
    const leave = () => {
      if (!isSitting) return;
      isSitting = false;
      input.off('data', take);
      output.off('resize', resized);
      process.off('exit', leave);
      input.setRawMode(false);
      input.pause();
      output.write(asItWas);
    };
    // However this process ends, but for a kill.
    process.on('exit', leave);
    input.setRawMode(true);
    input.on('data', take);
    output.on('resize', resized);
    input.resume();
    return leave;
  },
});

/** What a session's terminal can have. */
const within = (length: number | undefined, usual: number): number =>
  Math.min(1000, Math.max(1, length ?? usual));
