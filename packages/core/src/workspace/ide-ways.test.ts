import { Ide } from '@agent-harbor/api-contract/schemas';
import { describe, expect, it } from 'vitest';
import { ideWays } from './ide-ways.ts';

const root = "/srv/it's/work space";
const file = `${root}/src/ä&b.ts`;

describe('the ways to open an editor', () => {
  it('are a link and an argv, with nothing that a shell or a browser reads as its own', () => {
    const { local, remote } = ideWays('vscode', { root, file, line: 7 }, 'me@build-1');
    expect(local).toEqual({
      url: "vscode://file/srv/it's/work%20space/src/%C3%A4%26b.ts:7",
      command: ['code', root, '--goto', `${file}:7`],
    });
    expect(remote).toEqual({
      url: "vscode://vscode-remote/ssh-remote+me%40build-1/srv/it's/work%20space/src/%C3%A4%26b.ts:7",
      command: ['code', '--remote', 'ssh-remote+me@build-1', root, '--goto', `${file}:7`],
    });
  });

  it('quote for the shell at the other end of SSH', () => {
    const { remote } = ideWays('neovim', { root, file: undefined, line: undefined }, 'build-1');
    const there = "'/srv/it'\\''s/work space'";
    expect(remote).toEqual({
      url: null,
      command: ['ssh', '-t', '--', 'build-1', `cd ${there} && exec 'nvim' '--' ${there}`],
    });
  });

  it('know a drive of Windows', () => {
    const place = { root: 'C:\\code\\a b', file: undefined, line: undefined };
    expect(ideWays('cursor', place, undefined).local.url).toBe('cursor://file/C:/code/a%20b');
  });

  it.each(Ide.options)('%s opens here, and elsewhere only with a host', (ide) => {
    const place = { root: '/w', file: '/w/a', line: 3 };
    const { local, remote } = ideWays(ide, place, 'me@h');
    expect(local.command.join(' ')).toContain('/w');
    expect(decodeURIComponent(remote?.command.join(' ') ?? '')).toMatch(/(me@h|host=h&user=me)/);
    expect(ideWays(ide, place, undefined).remote).toBeNull();
  });
});
