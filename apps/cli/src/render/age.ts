/** How long ago, in the largest unit that says something: `5s`, `12m`, `3h`, `4d`. */
export const age = (instant: string, nowMs: number): string => {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(instant)) / 1000));
  if (!Number.isFinite(seconds)) return '?';
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
};
