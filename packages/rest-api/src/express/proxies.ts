import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export type CallerAddress = (request: IncomingMessage) => string | undefined;

/**
 * The address a request came from. `X-Forwarded-For` counts only when a trusted proxy sent it, and of its entries
 * only those that trusted proxies added: the first one from the right that is not a proxy itself. Entries are
 * addresses or networks (`10.0.0.0/8`).
 */
export const createCallerAddress = (trustedProxies: readonly string[]): CallerAddress => {
  const trusted = new BlockList();
  for (const entry of trustedProxies) {
    const [address = '', prefix] = entry.split('/');
    const family = familyOf(address);
    if (family === undefined) throw new Error(`${entry} is not an address or a network`);
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string): boolean => {
    const family = familyOf(address);
    return family !== undefined && trusted.check(address, family);
  };
  return (request) => {
    const peer = request.socket.remoteAddress;
    const forwarded = request.headers['x-forwarded-for'];
    if (peer === undefined || forwarded === undefined || !isTrusted(peer)) return peer;
    const hops = String(forwarded)
      .split(',')
      .map((hop) => hop.trim());
    return hops.reverse().find((hop) => !isTrusted(hop) && familyOf(hop) !== undefined) ?? peer;
  };
};

const familyOf = (address: string): 'ipv4' | 'ipv6' | undefined => {
  const version = isIP(address);
  return version === 0 ? undefined : version === 4 ? 'ipv4' : 'ipv6';
};
