import { expect, it } from 'vitest';
import { createSerial } from './serial.ts';

it('runs the work of one key in order, also after a failure, and other keys meanwhile', async () => {
  const serial = createSerial();
  const order: string[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const first = serial.run('a', async () => {
    await gate;
    order.push('a1');
    throw new Error('a1 failed');
  });
  const second = serial.run('a', async () => order.push('a2'));
  await serial.run('b', async () => order.push('b1'));
  open();
  await expect(first).rejects.toThrow('a1 failed');
  await second;
  expect(order).toEqual(['b1', 'a1', 'a2']);
});
