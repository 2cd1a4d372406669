/** A length of time in the two largest units that say something: `0.4s`, `12s`, `3m 05s`, `2h 10m`. */
export const duration = (milliseconds: number): string => {
  if (milliseconds < 10_000) return `${(milliseconds / 1000).toFixed(1)}s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${two(seconds % 60)}s`;
  return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`;
};

const two = (number: number): string => String(number).padStart(2, '0');
