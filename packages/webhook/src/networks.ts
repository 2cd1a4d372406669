import { BlockList, isIP } from 'node:net';

/** Networks that are not the public internet, by the registries of IANA for special addresses. */
const notPublic4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];
/** The public internet is in here, */
const public6 = '2000::/3';
/** but for what stands for IPv4 addresses or leads into tunnels, and what is for documents. */
const notPublic6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

/** A network as it is written: an address, or an address and the length of its prefix; undefined when it is none. */
export const networkOf = (
  text: string,
): { readonly address: string; readonly prefix: number; readonly family: 'ipv4' | 'ipv6' } | undefined => {
  const [, address = '', length] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const bits = version === 4 ? 32 : 128;
  const prefix = length === undefined ? bits : Number(length);
  return prefix > bits ? undefined : { address, prefix, family: version === 4 ? 'ipv4' : 'ipv6' };
};

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const text of networks) {
    const network = networkOf(text);
    if (network !== undefined) list.addSubnet(network.address, network.prefix, network.family);
  }
  return list;
};

const outside4 = listOf(notPublic4);
const inside6 = listOf([public6]);
const outside6 = listOf(notPublic6);

/** The IPv4 address that an IPv6 address only wraps, as `::ffff:10.0.0.1` does. */
const unwrapped = (address: string): string => {
  if (isIP(address) !== 6 || address.includes('%')) return address;
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return address;
  const bytes = [high, low].flatMap((word) => {
    const value = Number.parseInt(word, 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join('.');
};

/** Which addresses may be called: public ones, and those of the networks that are named. */
export const permits = (networks: readonly string[]): ((address: string) => boolean) => {
  const named = listOf(networks);
  return (wrapped) => {
    const address = unwrapped(wrapped);
    switch (isIP(address)) {
      case 4:
        return named.check(address, 'ipv4') || !outside4.check(address, 'ipv4');
      case 6:
        return (
          named.check(address, 'ipv6') || (inside6.check(address, 'ipv6') && !outside6.check(address, 'ipv6'))
        );
      default:
        return false;
    }
  };
};
