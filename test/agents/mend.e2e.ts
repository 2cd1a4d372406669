import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isSubsequence, story } from '../e2e/api.ts';
import { git } from '../e2e/repository.ts';
import { openShop, prompt, type Shop } from './shop.ts';
import { demandPrograms, vendors } from './vendors.ts';

let shop: Shop | undefined;
beforeAll(demandPrograms);
afterEach(async () => {
  await shop?.close();
  shop = undefined;
});

describe.each(vendors)('$type', (vendor) => {
  test('reads, edits, runs the tests, fails once, mends, and its work is delivered', async () => {
    shop = await openShop();
    const session = await shop.launch(vendor, { delivery: { mode: 'branch', targetBranch: 'mended' } });
    const api = await shop.api();
    const frames = await api.frames(session);
    const told = story(frames);
    const requests = await shop.models.requests();
    const failures = requests.filter(({ difference }) => difference !== null);
    expect(failures, JSON.stringify(frames.slice(-5))).toEqual([]);
    expect(told.at(-1), JSON.stringify(frames.slice(-5))).toBe('completed');

    // The model was asked for every answer of the scenario, by the API of this vendor.
    expect(new Set(requests.map((request) => request.api))).toEqual(new Set([vendor.api]));
    expect([...new Set(requests.map(({ response }) => response))]).toEqual([0, 1, 2, 3, 4, 5]);

    // Events: words, tools with what they gave, edits, in their order and without a gap.
    expect(
      isSubsequence(['running', 'tool_use', 'tool_result', 'file_edit', 'delivery', 'completed'], told),
      told.join(' '),
    ).toBe(true);
    expect(frames.map(({ event }) => event.seq)).toEqual(frames.map((_, index) => index + 1));
    const text = JSON.stringify(frames);
    const shown = [
      'I read the cart.',
      'All tests pass: every piece is charged now.',
      ...(vendor.shows.output ? ['fail 1', 'fail 0'] : []),
    ];
    expect(shown.filter((words) => !text.includes(words))).toEqual([]);

    // It read, edited, ran the tests, edited and ran them again; of each it is told how long it took and what it gave.
    const results = frames.flatMap(({ event }) => (event.type === 'tool_result' ? [event] : []));
    const unmeasured = results.filter(
      ({ duration_ms, output_bytes }) => duration_ms === undefined || output_bytes === undefined,
    );
    expect(unmeasured).toEqual([]);
    const begun = frames.flatMap(({ event }) => (event.type === 'tool_use' ? [event.tool_execution_id] : []));
    expect(new Set(begun).size).toBeGreaterThanOrEqual(5);
    expect(results.map(({ tool_execution_id: id }) => id).toSorted()).toEqual(begun.toSorted());
    const edited = frames.flatMap(({ event }) => (event.type === 'file_edit' ? [event.file_path] : []));
    expect(edited.filter((path) => path === 'src/cart.js').length).toBeGreaterThanOrEqual(2);

    const used = frames.flatMap(({ event }) => (event.type === 'usage' ? [event.output_tokens] : []));
    expect(Math.max(0, ...used) > 0 || !vendor.shows.usage, 'the tokens that were used').toBe(true);

    // The chat has both sides.
    const chat = JSON.stringify(await api.json('GET', `/api/v1/sessions/${session}/chat`));
    expect(chat).toContain(prompt);
    expect(chat).toContain('All tests pass');

    // The diff is the change, and nothing else.
    const diff = await (await api.call('GET', `/api/v1/sessions/${session}/diff`)).text();
    expect(diff).toContain('item.price * item.quantity');
    const { items: files } = await api.json('GET', `/api/v1/sessions/${session}/files`);
    expect(files).toMatchObject([{ path: 'src/cart.js' }]);

    // The branch is there, and the tests pass on it.
    const copy = join(shop.repository, '..', 'copy');
    await git(shop.repository, 'clone', '--quiet', '--branch', 'mended', shop.repository, copy);
    const { exitCode } = await execa(process.execPath, ['--test'], { cwd: copy });
    expect(exitCode).toBe(0);
  });
});
