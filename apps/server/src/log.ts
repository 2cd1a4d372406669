import { type Log, silent } from '@agent-harbor/core';
import { pino } from 'pino';

/** What never belongs in a log, wherever it turns up. */
const secrets = ['*.authorization', '*["x-api-key"]', '*.apiKey', '*.key', 'authorization', 'apiKey', 'key'];

/** One JSON line per entry on stderr: stdout is for what commands answer. */
export const createLog = (level: 'silent' | 'error' | 'warn' | 'info' | 'debug'): Log => {
  const logger = pino(
    { level, redact: secrets, base: null, serializers: { error: pino.stdSerializers.err } },
    pino.destination({ dest: 2, sync: false }),
  );
  return {
    // Who tells of every request sees by it that nobody hears, and puts nothing together.
    info: logger.isLevelEnabled('info')
      ? (message, fields = {}) => logger.info(fields, message)
      : silent.info,
    warn: (message, fields = {}) => logger.warn(fields, message),
    error: (message, fields = {}) => logger.error(fields, message),
  };
};
