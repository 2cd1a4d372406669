import { type EventBody, Level } from '@agent-harbor/api-contract/schemas';

/** How grave an event is, for filters. */
export const levelOf = (body: EventBody): Level => {
  switch (body.type) {
    case 'log':
      return body.level;
    case 'status':
      if (body.status === 'failed') return 'error';
      return body.status === 'cancelled' || body.status === 'stopped' ? 'warn' : 'info';
    case 'delivery':
    case 'tool_result':
      return ('state' in body ? body.state : body.status) === 'failed' ? 'error' : 'info';
    default:
      return 'info';
  }
};

/** This level and the graver ones. */
export const levelsFrom = (level: Level): readonly Level[] =>
  Level.options.slice(Level.options.indexOf(level));
