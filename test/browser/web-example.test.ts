import { expect, test } from 'vitest';
import { describeInBrowser } from './browser.ts';

describeInBrowser('web-example', (stage) => {
  test('the page of the example needs no server', async () => {
    expect(await stage.call('show')).toEqual({
      fields: ['prompt'],
      prompts: ['Say hello'],
      notice: expect.stringContaining('role'),
    });
  });
});
