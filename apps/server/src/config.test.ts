import { describe, expect, it } from 'vitest';
import { hostAndPort, refuseOpenDoors, ServerConfig, type ServerSettings } from './config.ts';

const config = (settings: Partial<ServerSettings>) =>
  ServerConfig.parse({ stateDir: '/state', recorderCommand: ['r'], mockAgentCommand: ['m'], ...settings });

describe('the configuration', () => {
  it('is closed by default', () => {
    expect(config({})).toMatchObject({
      host: '127.0.0.1',
      noAuth: false,
      publicHosts: [],
      allowedOrigins: [],
      trustedProxies: [],
    });
  });

  it('lends what is named, and nothing that makes a session what it is', () => {
    const lends = (lent: object) => ServerConfig.shape.agentLends.safeParse({ acp: lent });
    expect(lends({ variables: ['MY_KEY'], files: ['.my/auth.json'] }).success).toBe(true);
    expect(lends({}).data).toEqual({ acp: { variables: [], files: [] } });
    for (const variable of ['PATH', 'home', 'AH_SESSION_ID', 'A=B', ''])
      expect(lends({ variables: [variable] }).success, variable).toBe(false);
    for (const file of ['/etc/passwd', '../x', 'a/../../x', '.', '', 'C:\\x'])
      expect(lends({ files: [file] }).success, file).toBe(false);
  });

  it.each(['127.0.0.1', 'localhost', '::1', '[::1]', '127.9.9.9'])(
    'lets %s do without a configured credential',
    (host) => {
      refuseOpenDoors(config({ host }));
      refuseOpenDoors(config({ host, noAuth: true }));
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'example.test', '127.0.0.1.example.test', 'localhost.example.test'])(
    'refuses to serve on %s without one',
    (host) => {
      expect(() => refuseOpenDoors(config({ host }))).toThrow(/--api-key/);
      expect(() => refuseOpenDoors(config({ host, noAuth: true, apiKey: 'x'.repeat(16) }))).toThrow(
        /--no-auth/,
      );
      refuseOpenDoors(config({ host, apiKey: 'x'.repeat(16) }));
    },
  );

  it.each(['0.0.0.0:9464', '[::]:9464', '10.0.0.1:9464', 'example.test:9464', '127.0.0.1.example.test:9464'])(
    'refuses to let everybody read the metrics at %s, unless that is said',
    (metricsAddress) => {
      expect(() => refuseOpenDoors(config({ metricsAddress }))).toThrow(/--metrics-open/);
      refuseOpenDoors(config({ metricsAddress, metricsOpen: true }));
    },
  );

  it.each([
    ['127.0.0.1:9464', { host: '127.0.0.1', port: 9464 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:65535', { host: '::1', port: 65_535 }],
  ])('has the metrics at %s', (metricsAddress, parts) => {
    refuseOpenDoors(config({ metricsAddress }));
    expect(hostAndPort(metricsAddress)).toEqual(parts);
  });

  it.each([
    '9464',
    ':9464',
    '127.0.0.1',
    '::1:9464',
    '127.0.0.1:65536',
    'http://127.0.0.1:9464',
    '127.0.0.1:1e3',
  ])('has no metrics at %s', (metricsAddress) => {
    expect(() => config({ metricsAddress })).toThrow(/metricsAddress/);
  });

  it('names a setting that does not exist', () => {
    expect(() => config({ prot: 1 } as Partial<ServerSettings>)).toThrow(/prot/);
  });
});
