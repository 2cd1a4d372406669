import { describe, expect, it } from 'vitest';
import { refuseOpenDoors, ServerConfig, type ServerSettings } from './config.ts';

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

  it('names a setting that does not exist', () => {
    expect(() => config({ prot: 1 } as Partial<ServerSettings>)).toThrow(/prot/);
  });
});
