import { policy } from '@agent-harbor/api-contract';
import { initContract } from '@ts-rest/core';
import { describe, expect, it } from 'vitest';
import { mount } from './mount.ts';
import { createRouter } from './router.ts';

const c = initContract();
const common = { responses: { 200: c.type<string>() }, metadata: policy() };
const route = <Path extends string>(path: Path) => ({ ...common, method: 'GET', path }) as const;
const contract = c.router({
  files: route('/s/:id/files/:path'),
  search: route('/s/:id/files/search'),
  content: route('/s/:id/files/:path/content'),
  own: route('/s/me'),
  remove: { ...common, method: 'DELETE', path: '/s/:id' },
});
const answer = async () => ({ status: 200, body: '' }) as const;
const handlers = { files: answer, search: answer, content: answer, own: answer, remove: answer };
const router = createRouter(mount(contract, handlers));
const find = (method: string, path: string) => {
  const found = router.find(method, path.slice(1).split('/'));
  return found.kind === 'route' ? [found.route.name, { ...found.params }] : found;
};

describe('the router', () => {
  it('finds a route and its parameters', () => {
    expect(find('GET', '/s/1/files/a')).toEqual(['files', { id: '1', path: 'a' }]);
    expect(find('GET', '/s/1/files/a/content')).toEqual(['content', { id: '1', path: 'a' }]);
  });

  it('prefers a literal, and comes back when it leads nowhere', () => {
    expect(find('GET', '/s/1/files/search')).toEqual(['search', { id: '1' }]);
    expect(find('GET', '/s/1/files/search/content')).toEqual(['content', { id: '1', path: 'search' }]);
    expect(find('GET', '/s/me')).toEqual(['own', {}]);
  });

  it('answers HEAD where it answers GET', () => {
    expect(find('HEAD', '/s/me')).toEqual(['own', {}]);
  });

  it('tells a wrong method from a wrong path', () => {
    expect(find('POST', '/s/1')).toEqual({ kind: 'method-missing', allow: ['DELETE'] });
    expect(find('POST', '/s/me')).toEqual({ kind: 'method-missing', allow: ['DELETE', 'GET', 'HEAD'] });
    for (const path of ['/', '/s', '/s/', '/s/1/files/', '/s/1/files/a/content/x', '/S/me', '/toString']) {
      expect(find('GET', path)).toEqual({ kind: 'path-missing' });
    }
  });

  it('refuses two routes of one name, of whatever contracts', () => {
    const [first] = mount(contract, handlers);
    const other = c.router({ files: route('/elsewhere') });
    expect(() => createRouter([...(first ? [first] : []), ...mount(other, { files: answer })])).toThrow(
      'Two routes are named files',
    );
  });

  it('takes the method of another route at the same path when the literal has none', () => {
    expect(find('DELETE', '/s/me')).toEqual(['remove', { id: 'me' }]);
  });

  it('refuses two routes at one path', () => {
    const twice = c.router({ a: route('/x/:one'), b: route('/x/:two') });
    expect(() => createRouter(mount(twice, { a: answer, b: answer }))).toThrow(
      'Route b is at the path of another route',
    );
  });
});

describe('mounting', () => {
  it('keeps the order of the contract', () => {
    expect(mount(contract, handlers).map(({ name }) => name)).toEqual(Object.keys(contract));
  });

  it('fails by name when a route has no handler', () => {
    const { own: _, ...fewer } = handlers;
    expect(() => mount(contract, fewer as typeof handlers)).toThrow('Route own has no handler');
    const nested = c.router({ area: contract });
    expect(() => mount(nested, {} as { area: typeof handlers })).toThrow('Route area.files has no handler');
  });

  it('fails by name when a handler has no route', () => {
    const more = { ...handlers, extra: answer };
    expect(() => mount(contract, more)).toThrow('Handler extra has no route in the contract');
  });
});
