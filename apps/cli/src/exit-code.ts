/** What the exit code of `ah` says. */
export const exitCodes = {
  ok: 0,
  general: 1,
  repository: 2,
  /** Of `ah contract diff`, whose codes are those of `diff`. */
  unreadable: 2,
  launch: 3,
  auth: 4,
  network: 5,
  resource: 6,
  validation: 7,
  config: 8,
  interrupted: 130,
} as const;

export type ExitReason = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[ExitReason];
