import type { ScreenState } from './session-screen.ts';

/** The state as the lines of a terminal so wide and so high; the newest of what was said. */
export const render = (state: ScreenState, columns: number, rows: number): readonly string[] => {
  const { status, seconds, lines, notice } = state;
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  const foot = notice === undefined ? [] : [`! ${notice}`];
  const room = Math.max(0, rows - 1 - foot.length);
  const newest = room === 0 ? [] : lines.slice(-room);
  return [`[${status}] ${time}`, ...newest, ...foot].map((line) => line.slice(0, columns));
};
