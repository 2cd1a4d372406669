import { contract } from '@agent-harbor/api-contract';
import { Problem } from '@agent-harbor/core/problem';
import { describe, expect, test } from 'vitest';
import { pathOf, routes } from './routes.ts';

/** Served, but nothing a program calls: pages, and a second name. */
const withoutMethod = ['catalogue.repositories', 'service.docs', 'service.openapi', 'service.problem'];

describe('the route table', () => {
  test('is the contract', () => {
    const served = Object.entries(contract).flatMap(([group, leaves]) =>
      Object.entries(leaves).map(([leaf, route]) => [`${group}.${leaf}`, [route.method, route.path]]),
    );
    const called = served.filter(([name]) => !withoutMethod.includes(String(name)));
    expect(routes).toEqual(Object.fromEntries(called));
  });
});

describe('pathOf', () => {
  test('fills in each parameter as one segment', () => {
    expect(pathOf('files.content', { id: 'S1', path: 'a b/ü?#%.txt' })).toBe(
      '/api/v1/sessions/S1/files/a%20b%2F%C3%BC%3F%23%25.txt/content',
    );
  });

  test.each([
    ['sessions.get', 'id', 'session-not-found'],
    ['files.get', 'id', 'session-not-found'],
    ['drafts.get', 'id', 'draft-not-found'],
    ['catalogue.repository', 'id', 'repository-not-found'],
    ['tasks.get', 'taskId', 'task-not-found'],
  ] as const)('%s: what cannot be a segment names nothing', (route, name, code) => {
    for (const value of ['', '.', '..', '\ud800']) {
      const rest = { path: 'x' };
      expect(() => pathOf(route, { ...rest, [name]: value })).toThrow(expect.objectContaining({ code }));
    }
  });

  test('a path that cannot be a segment is no file', () => {
    expect(() => pathOf('files.get', { id: 'S1', path: '..' })).toThrow(Problem);
  });
});
