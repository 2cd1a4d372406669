import { Problem } from '@agent-harbor/core';

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

/**
 * The names this server answers for: loopback and the configured ones, with any port unless one is configured.
 * A page of a stranger whose name was rebound to this address still sends the stranger's name.
 */
export const createHostCheck = (publicHosts: readonly string[]): ((host: string) => void) => {
  const names = new Set([...loopbackNames, ...publicHosts.map((host) => host.toLowerCase())]);
  return (host) => {
    const authority = host.trim().toLowerCase();
    const name = authority.replace(/:\d{0,5}$/, '').replace(/\.$/, '');
    if (names.has(authority) || names.has(name)) return;
    throw new Problem('misdirected-request');
  };
};
