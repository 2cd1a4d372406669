import type { AgentPresence } from '@agent-harbor/api-contract/schemas';

/** In a few words: which version of an agent is on a host, and whether it may work there. */
export const hereWords = (presence: AgentPresence | undefined): string => {
  if (presence === undefined) return '-';
  if (!presence.present) return 'not installed';
  return `${presence.version ?? 'yes'}${presence.authenticated ? '' : ', not signed in'}`;
};
